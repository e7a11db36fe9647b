-- Names the version that is meant: an order that comes late concerns no other. The time makes it a new order.
local os = require("os")
local version = (obj.status and obj.status.versions or {}).previous
local order = "undo"
if version ~= nil then
  order = order .. ":" .. version
end
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["workers.code24.dev/rollout"] = order .. " " .. os.date("!%Y-%m-%dT%XZ")
return obj

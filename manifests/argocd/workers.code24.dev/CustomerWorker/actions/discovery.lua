-- Orders that the operator would obey now; it refuses the others, and says why in status.rolloutOrder.
local status = obj.status or {}
local rollout = status.rollout or {}
local versions = status.versions or {}
local idle = obj.spec ~= nil and obj.spec.suspend == true
for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Ready" and condition.reason == "PlatformSuspended" then
        idle = true
    end
end
local active = not idle and (rollout.phase == "Progressing" or rollout.phase == "Paused")
local failed = not idle and (rollout.phase == "Aborted" or rollout.phase == "RolledBack")

local actions = {}
actions["promote"] = {["disabled"] = not active}
actions["promote-full"] = {["disabled"] = not active}
actions["pause"] = {["disabled"] = not active or rollout.held == true}
actions["resume"] = {["disabled"] = not active or rollout.phase ~= "Paused"}
actions["abort"] = {["disabled"] = not active}
actions["retry"] = {["disabled"] = not failed}
actions["undo"] = {["disabled"] = idle or active or versions.previous == nil}
return actions

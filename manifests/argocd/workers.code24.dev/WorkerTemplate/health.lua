-- Health by the conditions, as kstatus reads them; a rollout that waits for people is Suspended.
local found = {}
local status = obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  found[condition.type] = condition
end

local function health(name, message)
  return {status = name, message = message}
end

if obj.metadata.generation ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "the operator has not observed this generation yet")
end
if found.Stalled ~= nil and found.Stalled.status == "True" then
  return health("Degraded", found.Stalled.message)
end
local ready = found.Ready
if ready == nil then
  return health("Progressing", "the operator has not reported Ready yet")
end
if found.Reconciling ~= nil or ready.status ~= "True" then
  local paused = status.rollout ~= nil and status.rollout.phase == "Paused"
  if paused and ready.reason == "FleetPaused" then
    return health("Suspended", ready.message)
  end
  return health("Progressing", ready.message)
end
return health("Healthy", ready.message)

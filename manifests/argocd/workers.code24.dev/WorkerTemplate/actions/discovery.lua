-- Orders that the operator would obey now; it refuses the others, and says why in status.rolloutOrder.
local status = obj.status or {}
local rollout = status.rollout or {}
local active = rollout.phase == "Progressing" or rollout.phase == "Paused"
local failed = rollout.phase == "Stopped" or rollout.phase == "Aborted"
local former = status.previousVersion ~= nil

local actions = {}
actions["promote"] = {["disabled"] = not active}
actions["promote-full"] = {["disabled"] = not active}
actions["pause"] = {["disabled"] = not active or rollout.held == true}
actions["resume"] = {["disabled"] = not active or rollout.phase ~= "Paused"}
actions["abort"] = {["disabled"] = not former or not (active or rollout.phase == "Stopped")}
actions["retry"] = {["disabled"] = not failed}
return actions

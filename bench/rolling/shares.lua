-- For wrk: how many of so many answers come from a version, sample after sample. Arguments: version, size of a sample.
local version, size
local seen, hits = 0, 0

function init(args)
  version, size = args[1], tonumber(args[2])
end

function response(status, headers)
  if status ~= 200 then
    print("failed: status " .. status)
    io.stdout:flush()
  end
  seen = seen + 1
  if headers["Code24-Version"] == version then hits = hits + 1 end
  if seen % size == 0 then
    print("sample " .. hits)
    io.stdout:flush()
    hits = 0
  end
end

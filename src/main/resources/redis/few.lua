-- Stands before scripts that read all members of a group at once where those are few and small, and leave them to steps elsewhere.

local MOST_MEMBERS, MOST_BYTES = 250, 262144

-- How many members there are, and whether all of them may be read at once: by their number, and by the bytes of what is kept of them.
local function few(members)
  local count = redis.call('HLEN', members)
  if count > MOST_MEMBERS then
    return count, false
  end
  local bytes = 0
  for _, actor in ipairs(redis.call('HKEYS', members)) do
    bytes = bytes + redis.call('HSTRLEN', members, actor)
    if bytes > MOST_BYTES then
      return count, false
    end
  end
  return count, true
end


-- Some of a group's members, and what has changed since the step before: laid over each other in order, changes first, the answers from
-- cursor 0 to cursor 0 are the members at the last answer's offset.
--
-- KEYS: 1 group, 2 members, 3 changes
-- ARGV: 1 epoch, 2 cursor, 0 at first, 3 about how many members, 4 offset of the step before, 5 changes at most
-- Answer: next cursor, 0 at the end; a list of actor and membership by turns; offset; changes so far; time of the last entry; the changes after
--   the offset before, in order, as far as they are still there. Empty when the group is not in that epoch.

local meta = redis.call('HMGET', KEYS[1], 'e', 'm')
if meta[1] ~= ARGV[1] then
  return {}
end
local offset, _, changes, _, _, _, _, _, _, _, _, lastAt = struct.unpack(STATE, meta[2])
local page = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local since = {}
if offset > tonumber(ARGV[4]) then
  since = redis.call('XRANGE', KEYS[3], string.format('%.0f', tonumber(ARGV[4]) + 1), '+', 'COUNT', ARGV[5])
  for i = 1, #since do
    since[i] = since[i][2][2]
  end
end
return {page[1], page[2], offset, changes, string.format('%.0f', lastAt), since}

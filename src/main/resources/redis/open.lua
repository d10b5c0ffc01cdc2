-- A group at one position, with its members unless they are many or large.
--
-- KEYS: 1 group, 2 members, 3 partition's birth
-- Answer: epoch, offset, created at, spec, changes so far, count of members, then a list of actor and membership by turns, which is empty
--   when those are read by steps; time of the last entry, lineage, past. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'm', 'c', 's', 'f')
if not meta[1] then
  return {}
end
local count, all = few(KEYS[2])
local members = all and redis.call('HGETALL', KEYS[2]) or {}
local offset, _, changes, _, _, _, _, _, _, _, _, lastAt = struct.unpack(STATE, meta[2])
return {meta[1], offset, meta[3], meta[4], changes, count, members, string.format('%.0f', lastAt), lineage(KEYS[3]),
  meta[5] or ''}

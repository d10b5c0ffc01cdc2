-- A group at one position, with its members unless they are many.
--
-- KEYS: 1 group, 2 members
-- ARGV: 1 members at most
-- Answer: epoch, offset, created at, spec, changes so far, count of members, then a list of actor and membership by turns, which is empty
--   when there are more; time of the last entry or '', lineage. Empty for no group.

local meta = redis.call('HMGET', KEYS[1], 'e', 'o', 'c', 's', 'v', 'u')
if not meta[1] then
  return {}
end
local count = redis.call('HLEN', KEYS[2])
local members = count <= tonumber(ARGV[1]) and redis.call('HGETALL', KEYS[2]) or {}
return {meta[1], meta[2], meta[3], meta[4], meta[5], tostring(count), members, meta[6] or '', lineage()}

-- Some of a group's members: all that were there from the first call to the last are in one of the answers, perhaps in several.
--
-- KEYS: 1 group, 2 members
-- ARGV: 1 epoch, 2 cursor, 0 at first, 3 about how many
-- Answer: next cursor, 0 at the end, then a list of actor and membership by turns. Empty when the group is not in that epoch.

if redis.call('HGET', KEYS[1], 'e') ~= ARGV[1] then
  return {}
end
return redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])

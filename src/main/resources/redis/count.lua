-- Counts the members of groups of one partition.
--
-- KEYS: the members of each group
-- Answer: how many they are together.

local count = 0
for _, members in ipairs(KEYS) do
  count = count + redis.call('HLEN', members)
end
return count

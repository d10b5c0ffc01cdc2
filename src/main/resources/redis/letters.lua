-- Publishes letters of one node to another.
--
-- KEYS: 1 channel of the other node
-- ARGV: 1 PUBLISH or SPUBLISH, 2 the letters
-- Answer: how many received them.

return redis.call(ARGV[1], KEYS[1], ARGV[2])

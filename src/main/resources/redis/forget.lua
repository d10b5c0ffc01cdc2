-- Removes an element from a sorted set: a note of an outbox that is done, or a reservation that is not needed.
--
-- KEYS: 1 sorted set
-- ARGV: 1 element
-- Answer: how many there were.

return redis.call('ZREM', KEYS[1], ARGV[1])

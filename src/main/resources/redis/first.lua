-- The first answer to a message with an idempotency key.
--
-- KEYS: 1 group
-- ARGV: 1 idempotency key, 2 offset of the message
-- Answer: 'recipients failures node=count,… digest', ids; nothing when no answer is kept. ids: '' for none, or when they are not kept.

local kept = redis.call('HGET', KEYS[1] .. ':firsts', ARGV[1])
local offset, rest = string.match(kept or '', '^(%d+) (.*)$')
if offset ~= ARGV[2] then
  return {}
end
local digest = string.match(rest, '%S+$')
return {rest, digest ~= '-' and redis.call('GET', KEYS[1] .. ':ids:' .. digest) or ''}

-- Claims or ends sessions, each in one step.
--
-- KEYS: for each session the writer's lease, and its last claim
-- ARGV: for each session the incarnation, and '' to claim it, '>' and a claim to claim it unless that is still the last, or the claim under
--   which it is to end
-- Answer: for each session the number of its last claim, 'ended' when it is over, or '!' and why the writer is fenced.

local elsewhere = moving(KEYS[1])
if elsewhere then
  return elsewhere
end
local now = micros()

local function claimed(key, claim)
  local known = redis.call('GET', key)
  if known == 'ended' then
    return known
  end
  local last = tonumber(known or '0')
  local since = string.match(claim, '^>(%d+)$')
  if since and last <= tonumber(since) then
    return since
  end
  if since or claim == '' then
    local number = int(math.max(now, last + 1))
    redis.call('SET', key, number, 'PX', 120000)
    return number
  end
  if last > tonumber(claim) then
    return known
  end
  redis.call('SET', key, 'ended', 'PX', 60000)
  return 'ended'
end

local answer = {}
for i = 1, #KEYS, 2 do
  local refused = fenced(KEYS[i], tonumber(ARGV[i]), now)
  answer[#answer + 1] = refused and '!' .. refused or claimed(KEYS[i + 1], ARGV[i + 1])
end
return answer

-- Applies changes to one group, in order, each whole or not at all; announces their entries together.
--
-- KEYS: 1 group, 2 members, 3 messages, 4 changes, 5 leases, 6 owned, 7 idempotency, 8 its order, 9 partition's due,
--   10 partition's held, 11 writer's lease, 12 writer's last answer, 13 channel, 14 partition's leases (not used)
-- ARGV: 1 node, 2 incarnation, 3 number of the call, 4 'tenant namespace group', 5 PUBLISH or SPUBLISH,
--   6 members per group, 7 topics per member, 8 owners per member, 9 retained bytes, 10 idempotency keys; then for each change
--   kind, count of its own arguments, epoch or '', sequence, and these arguments:
--   P weight, actor it is for or '', that one's joined offset, idempotency key or '', body
--   J filter, owner, node, ttl or '', actor, actor…
--   T actor, owner on the new node, node
--   L actor, owner or '', 1 for all joins, reason
--   R actor, owner or '', ttl or ''
-- Answer: epoch ('' for no group), time, and for each change
--   '+offset' and after a space the membership or '-'; '=offset at' of a repeated message's first; '-CODE about what'.
--   Or: '!FENCED', why. An error STALE when a later call of this writer was answered.

local node, incarnation, call, name = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local mostMembers, mostTopics, mostOwners = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local mostBytes, mostKeys = tonumber(ARGV[9]), tonumber(ARGV[10])

local before = answered(KEYS[12], call)
if before then
  return before
end
local now = micros()
local refused = fenced(KEYS[11], tonumber(incarnation), now)
if refused then
  return {'!FENCED', refused}
end
if not load() then
  return answer(KEYS[12], call, {'', int(now)})
end

local published = 0

local function remember(key)
  redis.call('HSET', IDEMPOTENCY, key, int(group.offset) .. ' ' .. int(now))
  if redis.call('RPUSH', ORDER, key) > mostKeys then
    redis.call('HDEL', IDEMPOTENCY, redis.call('LPOP', ORDER))
  end
  noLaterThan(now + KEY_LIFE + 1)
end

local function publish(operation, a)
  local weight, actor, joinedOffset, key, body =
    tonumber(ARGV[a]), ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  if key ~= '' then
    forgetKeys(now)
    local first = redis.call('HGET', IDEMPOTENCY, key)
    if first then
      return '=' .. first
    end
  end
  if actor ~= '' then
    local text = redis.call('HGET', MEMBERS, actor)
    if not text or string.match(text, '^%d+ (%d+) ') ~= joinedOffset then
      return '-NOT_A_MEMBER ' .. actor
    end
  end
  group.offset = group.offset + 1
  group.messages = group.messages + 1
  local entry = 'P ' .. int(group.offset) .. ' ' .. int(now) .. ' ' .. int(group.messages) .. ' ' .. operation .. ' ' .. body
  if group.keeps then
    group.weight = group.weight + weight
    group.heaviest = math.max(group.heaviest, weight)
    redis.call('XADD', MESSAGES, int(group.offset) .. '-0', 'e', entry,
      'w', int(group.messages) .. ' ' .. int(group.weight - weight))
    published = published + 1
  end
  group.announced[#group.announced + 1] = framed(entry)
  if key ~= '' then
    remember(key)
  end
  return '+' .. int(group.offset)
end

local function union(one, more)
  if one == '=' or more == '=' then
    return '=', 0
  end
  local seen, all = {}, {}
  for pattern in string.gmatch(one .. ',' .. more, '[^,]+') do
    if not seen[pattern] then
      seen[pattern] = true
      all[#all + 1] = pattern
    end
  end
  return table.concat(all, ','), #all
end

local function holding(m, owner)
  for i, held in ipairs(m.holdings) do
    if held.owner == owner then
      return i
    end
  end
  return nil
end

-- The membership with one more join; the second value is what limit that would pass.
local function joined(m, filter, added, offset)
  local topics
  if m then
    m.filter, topics = union(m.filter, filter)
  else
    m = {at = int(now), offset = int(offset), holdings = {}}
    m.filter, topics = union(filter, filter)
  end
  m.beat = int(now)
  local at = holding(m, added.owner)
  local joins = at and m.holdings[at].joins + 1 or 1
  m.holdings[at or #m.holdings + 1] =
    {owner = added.owner, node = added.node, joins = joins, ttl = added.ttl, ends = added.ends}
  if topics > mostTopics then
    return m, 'topics-per-member'
  end
  if #m.holdings > mostOwners then
    return m, 'owners-per-member'
  end
  return m, nil
end

local function join(operation, a, count)
  local filter = ARGV[a]
  local added = {owner = ARGV[a + 1], node = ARGV[a + 2], ttl = ARGV[a + 3], ends = ''}
  if added.ttl ~= '' then
    added.ends = int(now + tonumber(added.ttl))
  end
  local steps, newcomers = {}, 0
  for i = 4, count - 1 do
    local actor = ARGV[a + i]
    local m = member(actor)
    local step = {actor = actor, marks = marks(m), first = not m, filter = m and m.filter}
    local limit
    step.after, limit = joined(m, filter, added, group.offset + i - 3)
    if limit then
      return '-LIMIT_EXCEEDED ' .. limit
    end
    newcomers = newcomers + (step.first and 1 or 0)
    steps[#steps + 1] = step
  end
  if newcomers > 0 and redis.call('HLEN', MEMBERS) + newcomers > mostMembers then
    return '-LIMIT_EXCEEDED members-per-group'
  end
  local text
  for _, step in ipairs(steps) do
    put(name, step.actor, step.marks, step.after)
    text = show(step.after)
    local changed = not step.first and step.filter ~= step.after.filter
    change('J', now, operation .. ' ' .. (step.first and '1 ' or '0 ') .. (changed and '1 ' or '0 ') .. added.owner
      .. ' ' .. step.actor .. ' ' .. text)
  end
  return '+' .. int(group.offset) .. ' ' .. text
end

-- Whose join an unnamed leave takes: durable, then the lease that ends first, then sessions, oldest first.
local function nextToLeave(m)
  local rank = {d = 0, l = 1, s = 2}
  local best, bestRank, bestEnds
  for i, held in ipairs(m.holdings) do
    local r = rank[string.sub(held.owner, 1, 1)]
    local ends = held.ends == '' and math.huge or tonumber(held.ends)
    if not best or r < bestRank or (r == bestRank and ends < bestEnds) then
      best, bestRank, bestEnds = i, r, ends
    end
  end
  return best
end

local function leave(operation, a)
  local actor, owner, all, reason = ARGV[a], ARGV[a + 1], ARGV[a + 2] == '1', ARGV[a + 3]
  local m = member(actor)
  if not m then
    return '-NOT_A_MEMBER ' .. actor
  end
  local was = marks(m)
  local at = owner ~= '' and holding(m, owner) or nil
  if owner ~= '' and not at then
    return string.sub(owner, 1, 1) == 'l' and '-LEASE_NOT_FOUND ' .. owner or '-NOT_A_MEMBER ' .. actor
  end
  if owner == '' and all then
    m.holdings = {}
  else
    at = at or nextToLeave(m)
    if all or m.holdings[at].joins == 1 then
      table.remove(m.holdings, at)
    else
      m.holdings[at].joins = m.holdings[at].joins - 1
    end
  end
  local after = #m.holdings > 0 and m or nil
  put(name, actor, was, after)
  local text = after and show(after) or '-'
  change('L', now, operation .. ' ' .. actor .. ' ' .. reason .. ' ' .. text)
  return '+' .. int(group.offset) .. ' ' .. text
end

local function takeOver(operation, a)
  local actor, owner, to = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local session = string.match(owner, '^s:[^/]*/')
  local m = member(actor)
  local was = marks(m)
  local kept, taken = {}, nil
  for _, held in ipairs(m and m.holdings or {}) do
    if string.sub(held.owner, 1, #session) ~= session then
      kept[#kept + 1] = held
    elseif taken then
      taken.joins = taken.joins + held.joins
    else
      taken = {owner = owner, node = to, joins = held.joins, ttl = '', ends = ''}
      kept[#kept + 1] = taken
    end
  end
  if not taken then
    return '-NOT_A_MEMBER ' .. actor
  end
  m.holdings = kept
  m.beat = int(now)
  put(name, actor, was, m)
  local text = show(m)
  change('J', now, operation .. ' 0 0 ' .. owner .. ' ' .. actor .. ' ' .. text)
  return '+' .. int(group.offset) .. ' ' .. text
end

local function renew(a)
  local actor, owner, ttl = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local m = member(actor)
  if not m then
    return '-NOT_A_MEMBER ' .. actor
  end
  local was = marks(m)
  local renewed = false
  for _, held in ipairs(m.holdings) do
    if held.ends ~= '' and (owner == '' or held.owner == owner) then
      if ttl ~= '' then
        held.ttl = ttl
      end
      held.ends = int(now + tonumber(held.ttl))
      renewed = true
    end
  end
  if not renewed then
    return '-LEASE_NOT_FOUND ' .. owner
  end
  m.beat = int(now)
  put(name, actor, was, m)
  return '+' .. int(group.offset) .. ' ' .. show(m)
end

-- Drops the oldest messages beyond count and bytes. The weight before the oldest kept is known only roughly, and from above;
-- it is looked up when the bound may be passed.
local function trim()
  redis.call('XTRIM', MESSAGES, 'MAXLEN', '~', int(group.most))
  redis.call('PEXPIRE', MESSAGES, int(group.age))
  noLaterThan(now + group.age * 1000)
  if group.most * group.heaviest <= mostBytes or group.weight - group.weightBefore <= mostBytes then
    return
  end
  local from = '-'
  while true do
    local found = redis.call('XRANGE', MESSAGES, from, '+', 'COUNT', '32')
    for _, message in ipairs(found) do
      local ordinal, weightBefore = string.match(message[2][4], '^(%d+) (%d+)$')
      if tonumber(ordinal) > group.messages - group.most and group.weight - tonumber(weightBefore) <= mostBytes then
        group.weightBefore = tonumber(weightBefore)
        redis.call('XTRIM', MESSAGES, 'MINID', message[1])
        return
      end
    end
    if #found == 0 then
      group.weightBefore = group.weight
      redis.call('DEL', MESSAGES)
      return
    end
    from = '(' .. found[#found][1]
  end
end

local reply = {group.epoch, int(now)}
local at = 11
while at <= #ARGV do
  local kind, count, epoch = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local operation = node .. ' ' .. incarnation .. ' ' .. ARGV[at + 3]
  local said
  if epoch ~= '' and epoch ~= group.epoch then
    said = '-EPOCH_CHANGED ' .. group.epoch
  elseif kind == 'P' then
    said = publish(operation, at + 4)
  elseif kind == 'J' then
    said = join(operation, at + 4, count)
  elseif kind == 'T' then
    said = takeOver(operation, at + 4)
  elseif kind == 'L' then
    said = leave(operation, at + 4)
  else
    said = renew(at + 4)
  end
  reply[#reply + 1] = said
  at = at + 4 + count
end
if published > 0 then
  trim()
end
if group.changed then
  redis.call('PEXPIRE', CHANGES, '3600000')
end
store(name, ARGV[5])
return answer(KEYS[12], call, reply)

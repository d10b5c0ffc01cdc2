-- What append.lua and expire.lua share: one group's counters, members and alarm. Stands after prelude.lua.
-- KEYS 1 to 14 are the same for both; Keys.all() makes them.

local GROUP, MEMBERS, MESSAGES, CHANGES = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local LEASES, OWNED, IDEMPOTENCY, ORDER = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local DUE, HELD, CHANNEL = KEYS[9], KEYS[10], KEYS[13]
local KEY_LIFE = 120000000

local group = {}

local function load()
  local meta = redis.call('HMGET', GROUP, 'e', 'o', 'n', 'v', 'N', 'A', 'd', 'w', 'h', 'x', 'u')
  if not meta[1] then
    return false
  end
  group.epoch = meta[1]
  group.offset = tonumber(meta[2])
  group.messages = tonumber(meta[3])
  group.changes = tonumber(meta[4])
  group.most = tonumber(meta[5])
  group.age = tonumber(meta[6])
  group.alarm = meta[7] and tonumber(meta[7])
  group.alarmWas = group.alarm
  group.weight = tonumber(meta[8] or '0')
  group.weightBefore = tonumber(meta[9] or '0')
  group.heaviest = tonumber(meta[10] or '0')
  group.last = meta[11] or ''
  group.keeps = group.most > 0 and group.age > 0
  group.announced = {}
  return true
end

-- Milliseconds since 1970, rounded up. The alarm may ring early, never late.
local function noLaterThan(at)
  local ms = math.ceil(at / 1000)
  if not group.alarm or ms < group.alarm then
    group.alarm = ms
  end
end

-- Writes back what load() read, and tells every reader the new entries.
local function store(name, publish)
  local last = group.announced[#group.announced]
  if last then
    group.last = string.match(last, '^%d+ %u %d+ (%d+)')
  end
  redis.call('HSET', GROUP, 'o', int(group.offset), 'n', int(group.messages), 'v', int(group.changes),
    'w', int(group.weight), 'h', int(group.weightBefore), 'x', int(group.heaviest), 'u', group.last)
  if group.alarm ~= group.alarmWas then
    if group.alarm then
      redis.call('HSET', GROUP, 'd', int(group.alarm))
      redis.call('ZADD', DUE, int(group.alarm), name)
    else
      redis.call('HDEL', GROUP, 'd')
      redis.call('ZREM', DUE, name)
    end
  end
  if #group.announced > 0 then
    redis.call(publish, CHANNEL, group.epoch .. ' ' .. table.concat(group.announced))
  end
end

-- Adds an entry that is no message.
local function change(kind, at, rest)
  group.offset = group.offset + 1
  group.changes = group.changes + 1
  local entry = kind .. ' ' .. int(group.offset) .. ' ' .. int(at) .. ' ' .. rest
  redis.call('XADD', CHANGES, 'MAXLEN', '~', '1024', int(group.offset) .. '-0', 'e', entry, 'n', int(group.messages))
  group.announced[#group.announced + 1] = framed(entry)
  group.changed = true
end

-- A membership: 'joined-at joined-offset heartbeat filter holding,holding…', a holding 'owner|node|joins|ttl|end'.
local function parse(text)
  local m = {holdings = {}}
  local holdings
  m.at, m.offset, m.beat, m.filter, holdings = string.match(text, '^(%d+) (%d+) (%d+) (%S+) (%S+)$')
  for owner, node, joins, ttl, ends in string.gmatch(holdings, '([^|,]+)|([^|,]+)|(%d+)|(%d*)|(%d*)') do
    m.holdings[#m.holdings + 1] = {owner = owner, node = node, joins = tonumber(joins), ttl = ttl, ends = ends}
  end
  return m
end

local function show(m)
  local holdings = {}
  for i, held in ipairs(m.holdings) do
    holdings[i] = held.owner .. '|' .. held.node .. '|' .. int(held.joins) .. '|' .. held.ttl .. '|' .. held.ends
  end
  return m.at .. ' ' .. m.offset .. ' ' .. m.beat .. ' ' .. m.filter .. ' ' .. table.concat(holdings, ',')
end

local function member(actor)
  local text = redis.call('HGET', MEMBERS, actor)
  return text and parse(text)
end

-- What the timers and the index of owners know of a membership; of nil: nothing.
local function marks(m)
  local found = {served = {}, sessions = {}}
  for _, held in ipairs(m and m.holdings or {}) do
    if held.ends ~= '' then
      local ends = tonumber(held.ends)
      if not found.ends or ends < found.ends then
        found.ends = ends
      end
    end
    local session, served = string.match(held.owner, '^(s:[^/]*)/(.+)$')
    if served then
      found.served[served] = true
      found.sessions[session] = true
    end
  end
  return found
end

-- Stores a membership, or with nil removes it, and keeps timers and owners in step. before: its marks until now.
local function put(name, actor, before, after)
  local now = marks(after)
  if after then
    redis.call('HSET', MEMBERS, actor, show(after))
  else
    redis.call('HDEL', MEMBERS, actor)
  end
  if now.ends then
    if now.ends ~= before.ends then
      redis.call('ZADD', LEASES, int(now.ends), actor)
    end
    noLaterThan(now.ends)
  elseif before.ends then
    redis.call('ZREM', LEASES, actor)
  end
  for served in pairs(now.served) do
    if not before.served[served] then
      redis.call('ZADD', OWNED, '0', served .. ' ' .. actor)
      redis.call('ZADD', HELD, '0', served .. ' ' .. name)
    end
  end
  for session in pairs(now.sessions) do
    if not before.sessions[session] then
      redis.call('ZADD', HELD, '0', session .. ' ' .. name)
    end
  end
  for session in pairs(before.sessions) do
    if not now.sessions[session] then
      redis.call('ZREM', HELD, session .. ' ' .. name)
    end
  end
  for served in pairs(before.served) do
    if not now.served[served] then
      redis.call('ZREM', OWNED, served .. ' ' .. actor)
      if #redis.call('ZRANGEBYLEX', OWNED, '[' .. served .. ' ', '(' .. served .. '!', 'LIMIT', '0', '1') == 0 then
        redis.call('ZREM', HELD, served .. ' ' .. name)
      end
    end
  end
end

-- Forgets idempotency keys past their life, at most 100 of them; returns when the next one is.
local function forgetKeys(now)
  for _ = 1, 100 do
    local oldest = redis.call('LINDEX', ORDER, '0')
    if not oldest then
      return nil
    end
    local first = redis.call('HGET', IDEMPOTENCY, oldest)
    local expires = first and tonumber(string.match(first, ' (%d+)$')) + KEY_LIFE or 0
    if expires >= now then
      return expires + 1
    end
    redis.call('LPOP', ORDER)
    redis.call('HDEL', IDEMPOTENCY, oldest)
  end
  return now
end

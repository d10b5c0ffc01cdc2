-- What append.lua and expire.lua do to memberships. Stands after group.lua.

-- Adds an entry that is no message. at: as text; text: of the membership after it, which may be large.
local function change(kind, at, rest, text)
  local offset = group.offset + 1
  group.offset, group.changes, group.lastAt = offset, group.changes + 1, tonumber(at)
  local id = format('%d', offset)
  local entry = kind .. ' ' .. id .. ' ' .. at .. ' ' .. rest .. ' ' .. text
  local most = #entry > 4096 and math.ceil(CHANGES_BYTES / #entry) or 1024
  redis.call('XADD', key .. ':changes', 'MAXLEN', '~', most, id, 'e', entry, 'n', format('%d', group.messages))
  tell(entry, '')
end

-- A membership: 'joined-at joined-offset heartbeat filter holding,holding…', a holding 'owner|node|joins|ttl|end'. Behind it stand '|a' while its
-- session receives nothing, '|t' and when its first join was made, if another owner's made the actor a member, and '|m', the bytes of its metadata,
-- ':' and the metadata. Servers that know none of these lose it when they change the membership.
local function parse(text)
  local at, offset, beat, from = match(text, '^(%d+) (%d+) (%d+) ()')
  -- A filter may be large: what stands behind it is not looked for by a pattern.
  local till = string.find(text, ' ', from, true)
  local filter, held = string.sub(text, from, till - 1), string.sub(text, till + 1)
  local holdings, count = {}, 0
  for owner, node, joins, ttl, ends, more in string.gmatch(held, '([^|,]+)|([^|,]+)|(%d+)|(%d*)|(%d*)([^,]*)') do
    count = count + 1
    local holding = {owner = owner, node = node, joins = tonumber(joins), ttl = ttl, ends = ends, away = '', since = '', meta = ''}
    if more ~= '' then
      holding.away = match(more, '^|(a)') or ''
      holding.since = match(more, '|t(%d+)') or ''
      holding.meta = match(more, '|m(%d+:[^|]*)') or ''
    end
    holdings[count] = holding
  end
  return {at = at, offset = offset, beat = beat, filter = filter, holdings = holdings}
end

local function shown(held)
  local text = held.owner .. '|' .. held.node .. '|' .. held.joins .. '|' .. held.ttl .. '|' .. held.ends
  if held.away == '' and held.since == '' and held.meta == '' then
    return text
  end
  return text .. (held.away == '' and '' or '|a') .. (held.since == '' and '' or '|t' .. held.since)
    .. (held.meta == '' and '' or '|m' .. held.meta)
end

local function show(m)
  local holdings
  if #m.holdings == 1 then
    holdings = shown(m.holdings[1])
  else
    local all = {}
    for i, held in ipairs(m.holdings) do
      all[i] = shown(held)
    end
    holdings = table.concat(all, ',')
  end
  -- One step for all: what is added one after the other is copied each time.
  return m.at .. ' ' .. m.offset .. ' ' .. m.beat .. ' ' .. m.filter .. ' ' .. holdings
end

-- nil for none; then the bytes it is stored in.
local function member(actor)
  local text = redis.call('HGET', key .. ':members', actor)
  if not text then
    return nil, 0
  end
  return parse(text), #text
end

-- The texts of memberships, false for none, in the order of actors: the arguments from a to z, of which only some are taken at once.
local function texts(a, z)
  if a == z then
    return {redis.call('HGET', key .. ':members', ARGV[a])}
  end
  return redis.call('HMGET', key .. ':members', unpack(ARGV, a, math.min(z, a + 15)))
end

local NO_MARKS = {served = {}, sessions = {}}

-- The marks of a membership in the timers and in the index of owners; of nil: none.
local function marks(m)
  local found = NO_MARKS
  for _, held in ipairs(m and m.holdings or NO_MARKS) do
    local session, served = match(held.owner, '^(s:[^/]*)/([^/]+/%d+)')
    if served or held.ends ~= '' then
      if found == NO_MARKS then
        found = {served = {}, sessions = {}}
      end
      if served then
        found.served[served] = true
        found.sessions[session] = true
      end
      if held.ends ~= '' then
        local ends = tonumber(held.ends)
        if not found.ends or ends < found.ends then
          found.ends = ends
        end
      end
    end
  end
  return found
end

-- Counts in :labels the holdings without a session that name a node. Servers of an earlier version do not: a label may be missing there, or stay.
local function countLabel(held, by)
  if string.sub(held.owner, 1, 1) ~= 's' and redis.call('HINCRBY', key .. ':labels', held.node, by) <= 0 then
    redis.call('HDEL', key .. ':labels', held.node)
  end
end

-- Whether a holding names a node that none without a session names yet, and they name as many as they may.
local function tooManyLabels(held, most)
  local labels = key .. ':labels'
  return string.sub(held.owner, 1, 1) ~= 's' and redis.call('HLEN', labels) >= most
    and redis.call('HEXISTS', labels, held.node) == 0
end

-- Keeps timers and owners in step with a membership. before: its marks until now.
local function mark(actor, before, after)
  local now = marks(after)
  if now == before then
    return
  end
  if now.ends then
    if now.ends ~= before.ends then
      redis.call('ZADD', key .. ':leases', format('%d', now.ends), actor)
    end
    noLaterThan(now.ends)
  elseif before.ends then
    redis.call('ZREM', key .. ':leases', actor)
  end
  local owned = key .. ':owned'
  for served in pairs(now.served) do
    if not before.served[served] then
      redis.call('ZADD', owned, '0', served .. ' ' .. actor)
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
      redis.call('ZREM', owned, served .. ' ' .. actor)
      if #redis.call('ZRANGEBYLEX', owned, '[' .. served .. ' ', '(' .. served .. '!', 'LIMIT', '0', '1') == 0 then
        redis.call('ZREM', HELD, served .. ' ' .. name)
      end
    end
  end
end

-- Stores a membership, whose text is given, or with nil removes it, and all that goes with it. before: its marks until now.
local function put(actor, before, after, text)
  if after then
    redis.call('HSET', key .. ':members', actor, text)
  else
    redis.call('HDEL', key .. ':members', actor)
    group.left = true
  end
  mark(actor, before, after)
end

-- Who may not join a group, or any group of its tenant, for a time. Stands after group.lua.
-- :bans holds actors by the end of their ban in microseconds; no ban ends later than 'b' of the group, and the key expires then: so a group
-- without bans has nothing to look up. What an earlier server leaves when it deletes a group has no 'b', and so counts for nothing.

-- Expired bans that one call may forget, besides two for each new one.
local unbans = 100

-- Where ban.lua keeps the bans of tenants, '' where there are none; looked up once in a call.
local everywhere = {}

local function ofTenant()
  local tenant = match(name, '^%S+')
  local bans = everywhere[tenant]
  if not bans then
    bans = string.sub(DUE, 1, -4) .. 'tenant:' .. string.gsub(tenant, ':', '%%3A') .. ':bans'
    bans = redis.call('EXISTS', bans) == 1 and bans or ''
    everywhere[tenant] = bans
  end
  return bans
end

local function refusalOf(bans, a, z, now)
  for i = a, z, 100 do
    local ends = redis.call('ZMSCORE', bans, unpack(ARGV, i, math.min(z, i + 99)))
    for j = 1, #ends do
      if ends[j] and tonumber(ends[j]) > now then
        return '-BANNED ' .. ARGV[i + j - 1] .. ' ' .. int(tonumber(ends[j]) - now)
      end
    end
  end
  return nil
end

-- Refuses a join of the actors that are the arguments from a to z, when one of them is banned; nil: none is.
local function refusal(a, z, now)
  local refused = group.banned > now and refusalOf(key .. ':bans', a, z, now) or nil
  if refused then
    return refused
  end
  local bans = ofTenant()
  return bans ~= '' and refusalOf(bans, a, z, now) or nil
end

-- Bans an actor for so many microseconds, or with 0 no longer. Returns why that is refused; nil: it is done.
local function ban(actor, micros, most, now)
  local bans = key .. ':bans'
  if group.banned <= now then
    redis.call('UNLINK', bans)
  else
    local over = redis.call('ZRANGEBYSCORE', bans, '-inf', int(now), 'LIMIT', '0', int(math.max(2, unbans)))
    unbans = 0
    if #over > 0 then
      redis.call('ZREM', bans, unpack(over))
    end
  end
  if micros == 0 then
    redis.call('ZREM', bans, actor)
    return nil
  end
  local before = redis.call('ZCARD', bans)
  if before >= most and not redis.call('ZSCORE', bans, actor) then
    return '-LIMIT_EXCEEDED bans-per-group'
  end
  local ends = now + micros
  redis.call('ZADD', bans, int(ends), actor)
  if ends > group.banned then
    group.banned = ends
    redis.call('HSET', key, 'b', int(ends))
    before = 0
  end
  -- Also when an earlier ban ended later: once all are lifted, the key begins anew.
  if before == 0 then
    redis.call('PEXPIREAT', bans, int(math.ceil(group.banned / 1000)))
  end
  return nil
end

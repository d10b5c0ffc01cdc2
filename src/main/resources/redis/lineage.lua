-- Stands before the text of scripts that say which history of the store they have seen.

-- Names the history of this server's data: another one after a replica has taken over, or after data was loaded from a file. '' where
-- the server does not tell.
local function lineage()
  local said = redis.pcall('INFO', 'replication')
  return type(said) == 'string' and string.match(said, 'master_replid:(%x+)') or ''
end

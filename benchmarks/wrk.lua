-- What wrk sends and reports. Arguments: none for one address; "addresses" FILE FIRST: the file's lines in turn, each
-- with the next number from FIRST on in place of its #; "first" FILE FIRST: the same, and an answer from what is kept
-- counts as status 0; "comments" CLIENTS PATHS FIRST: each thread is one client (a line of cookies, tab, token) and
-- comments at the paths in turn, with the numbers from FIRST on in its words.
-- It ends with one line of JSON; times are in milliseconds.

local threads = {}
statuses = {} -- global: done() gets them from each thread

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function lines(path)
  local found = {}
  for line in io.lines(path) do
    table.insert(found, line)
  end
  return found
end

local function count_statuses(status)
  local key = tostring(status)
  statuses[key] = (statuses[key] or 0) + 1
end

local function count_made_anew(status, headers)
  count_statuses(headers["Cache-Status"] == "bloggy; hit" and 0 or status)
end

local function addresses(path, first)
  local patterns, turn = lines(path), first + 1000000 * number
  request = function()
    turn = turn + 1
    return wrk.format("GET", (patterns[turn % #patterns + 1]:gsub("#", turn)))
  end
end

local function comments(clients, paths, first)
  local cookies, token = lines(clients)[number + 1]:match("^(.-)\t(.+)$")
  local posts, turn = lines(paths), 0
  local headers = { Cookie = cookies, ["Content-Type"] = "application/x-www-form-urlencoded" }
  for name, value in pairs(wrk.headers) do
    headers[name] = value
  end
  local text = "That+is+*just*+what+I+was+looking+for,+thank+you!%0A%0ADoes+it+hold+for+[older+versions]"
    .. "(https://www.example.com/versions)+as+well?+Mine+says+`no+such+option`+here.+Number+"
  request = function()
    turn = turn + 1
    local body = "csrfmiddlewaretoken=" .. token .. "&body=" .. text .. first .. "." .. number .. "." .. turn
    return wrk.format("POST", posts[(31 * number + turn) % #posts + 1], headers, body)
  end
end

function init(args)
  if args[1] == "addresses" or args[1] == "first" then
    addresses(args[2], tonumber(args[3]))
  elseif args[1] == "comments" then
    comments(args[2], args[3], args[4])
  else
    return -- wrk then looks at no answer's status but for errors
  end
  response = args[1] == "first" and count_made_anew or count_statuses
end

function done(summary, latency)
  local counts, errors = {}, summary.errors
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      counts[status] = (counts[status] or 0) + count
    end
  end
  local parts = {}
  for status, count in pairs(counts) do
    table.insert(parts, string.format('"%s": %d', status, count))
  end
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  local form = '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "broken": %d, "refused": %d, "statuses": {%s}}'
  local p50, p99 = latency:percentile(50) / 1000, latency:percentile(99) / 1000
  local seconds = summary.duration / 1e6
  print(form:format(summary.requests, seconds, p50, p99, broken, errors.status, table.concat(parts, ", ")))
end

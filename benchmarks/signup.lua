-- Signs up, each time another person from another network; the first argument tells runs apart.
local count = 0
local run

function init(args)
  run = args[1]
  math.randomseed(os.time())
end

function request()
  count = count + 1
  local body = "name=Robin+Example&country=CA&region=&reason=&flexibility=remote&show_name=on"
    .. "&leave_empty=&via=&email=bench-" .. run .. "-" .. count .. "@example.org"
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin",
    ["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(count / 65536) % 256, math.floor(count / 256) % 256, count % 256),
  }, body)
end

-- What visitors do: of five requests four read, every fifth signs. The argument tells runs apart.
local pages = {"/", "/count.json", "/supporters/", "/supporters/?q=robin", "/coalition/", "/blog/",
  "/count/", "/pledge/", "/about/", "/supporters/?country=US", "/coalition/?q=example"}
local count = 0
local run

function init(args)
  run = args[1]
end

function request()
  count = count + 1
  local network = string.format("10.%d.%d.%d", math.floor(count / 65536) % 256,
    math.floor(count / 256) % 256, count % 256)
  if count % 5 > 0 then
    return wrk.format("GET", pages[count % #pages + 1], {["X-Forwarded-For"] = network})
  end
  local body = "name=Robin+Example&country=CA&region=&reason=&flexibility=remote&show_name=on"
    .. "&leave_empty=&via=&email=mixed-" .. run .. "-" .. count .. "@example.org"
  return wrk.format("POST", "/pledge/", {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin",
    ["X-Forwarded-For"] = network,
  }, body)
end

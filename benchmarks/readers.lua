-- Reads one public page after another.
local pages = {"/", "/count.json", "/", "/supporters/", "/", "/coalition/", "/blog/", "/count/"}
local count = 0

function request()
  count = count + 1
  return wrk.format("GET", pages[count % #pages + 1])
end

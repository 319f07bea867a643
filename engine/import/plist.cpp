#include "plist.hpp"

#include "declared_image.hpp"

#include <fluoro/core/error.hpp>

namespace fluoro {

std::map<std::string, std::vector<std::string>> read_plist(std::string const& text, std::string const& where)
{
    constexpr std::size_t max_depth = 16, max_values = 10'000;
    auto const damaged = [&] { return Error{where + ": its property list is damaged"}; };
    std::map<std::string, std::vector<std::string>> values;
    std::vector<std::string> path; // one element for each open dict or array: the key it stands under
    std::string key;
    std::size_t count = 0;
    auto const full_key = [&] {
        std::string name;
        for (auto const& part : path)
            if (!part.empty()) name += part + "/";
        return key.empty() ? name.substr(0, name.empty() ? 0 : name.size() - 1) : name + key;
    };
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
        std::size_t const close = text.find('>', at);
        if (close == std::string::npos) throw damaged();
        std::string const tag = text.substr(at + 1, close - at - 1);
        at = close + 1;
        if (tag.empty() || tag[0] == '?' || tag[0] == '!' || tag.back() == '/') {
            if (tag == "true/" || tag == "false/" || tag == "string/") key.clear();
            continue;
        }
        if (tag == "dict" || tag == "array") {
            if (path.size() >= max_depth) throw damaged();
            path.push_back(key);
            key.clear();
        } else if (tag == "/dict" || tag == "/array") {
            if (path.empty()) throw damaged();
            path.pop_back();
            key.clear();
        } else if (tag == "key" || tag == "string" || tag == "integer" || tag == "real") {
            std::size_t const end = text.find("</" + tag + ">", at);
            if (end == std::string::npos || ++count > max_values) throw damaged();
            std::string const content = trimmed(text.substr(at, end - at));
            at = end + tag.size() + 3;
            if (tag == "key") {
                key = content;
            } else {
                values[full_key()].push_back(content);
                key.clear();
            }
        }
    }
    return values;
}

} // namespace fluoro

#include "json.hpp"

#include <fluoro/core/error.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace fluoro {
namespace {

nlohmann::ordered_json object(JsonFields const& fields)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (auto const& [name, value] : fields) std::visit([&, &key = name](auto const& v) { json[key] = v; }, value);
    return json;
}

} // namespace

std::string to_json(JsonFields const& fields)
{
    return object(fields).dump(2) + "\n";
}

std::string to_json(std::vector<JsonFields> const& list)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (auto const& fields : list) json.push_back(object(fields));
    return json.dump(2) + "\n";
}

void write_text(std::filesystem::path const& file, std::string const& text)
{
    auto temporary = file;
    temporary += ".part";
    std::ofstream out{temporary, std::ios::binary};
    out << text;
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(temporary, file, error);
    if (!out || error)
        throw Error{"cannot write '" + file.string() + "': check the folder and the free space", Error::Kind::failed};
}

} // namespace fluoro

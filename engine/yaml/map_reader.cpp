#include <fluoro/yaml/map_reader.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace fluoro {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

/// "sid" is a word of "sid_mm": the unit was forgotten.
bool is_word_of(std::string_view word, std::string_view name)
{
    std::size_t const at = name.find(word);
    if (word.empty() || at == std::string_view::npos) return false;
    auto const is_joint = [](char c) { return c == '_' || c == '-'; };
    std::size_t const end = at + word.size();
    return (at == 0 || is_joint(name[at - 1])) && (end == name.size() || is_joint(name[end]));
}

std::string shown(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

/// Angles have one sign each here; the other name of a direction gets its own advice.
std::string other_direction(std::string_view key)
{
    if (key == "rao_deg") return "write lao_deg with a minus sign (RAO 30 is lao_deg: -30)";
    if (key == "caud_deg") return "write cran_deg with a minus sign (CAUD 20 is cran_deg: -20)";
    return {};
}

} // namespace

std::string nearest_name(std::string_view written, std::vector<std::string> const& names)
{
    if (written.size() > 64) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, written.size() / 3) + 1;
    for (std::string const& name : names) {
        if (is_word_of(written, name)) return name;
        if (std::size_t const distance = edit_distance(written, name); distance < best_distance) {
            best_distance = distance;
            best = name;
        }
    }
    return best;
}

std::string one_of(std::vector<std::string> const& names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    return text;
}

std::optional<double> number_of(YamlNode const& node, std::string const& what, Problems& problems)
{
    if (node.kind == YamlNode::Kind::scalar && node.is_plain) {
        char const* first = node.text.data();
        char const* const last = first + node.text.size();
        if (node.text.size() > 1 && *first == '+' && first[1] != '-') ++first;
        double value = 0;
        auto const [end, error] = std::from_chars(first, last, value);
        if (error == std::errc{} && end == last && std::isfinite(value)) return value;
    }
    std::string const written = node.kind == YamlNode::Kind::scalar ? " instead of " + in_quotes(node.text) : "";
    problems.add(node, what + " must be a finite number; write one without quotes or unit" + written);
    return {};
}

MapReader::MapReader(YamlNode const& map, std::string what, Problems& problems)
    : map_{map}, what_{std::move(what)}, problems_{problems}
{
    if (map_.kind != YamlNode::Kind::map) problems_.add(map_, what_ + " is written as a map: lines of 'key: value'");
}

YamlNode const* MapReader::find(std::string const& key)
{
    asked_.push_back(key);
    for (auto const& [name, value] : map_.entries)
        if (name.kind == YamlNode::Kind::scalar && name.text == key && value.kind != YamlNode::Kind::nothing)
            return &value;
    return nullptr;
}

YamlNode const* MapReader::need(std::string const& key, std::string const& example)
{
    YamlNode const* const value = find(key);
    if (!value && map_.kind == YamlNode::Kind::map)
        problems_.add(map_, what_ + " needs " + key + "; write e.g. " + example);
    return value;
}

std::optional<double> MapReader::number(std::string const& key, double least, double most)
{
    YamlNode const* const node = find(key);
    if (!node) return {};
    std::optional<double> const value = number_of(*node, key, problems_);
    if (!value || (*value >= least && *value <= most)) return value;
    problems_.add(*node, key + " " + in_quotes(node->text) + " is outside " + shown(least) + " to " + shown(most));
    return {};
}

std::optional<std::int64_t> MapReader::whole_number(std::string const& key, std::int64_t least, std::int64_t most)
{
    YamlNode const* const node = find(key);
    if (!node) return {};
    std::int64_t value = 0;
    char const* const last = node->text.data() + node->text.size();
    auto const [end, error] = std::from_chars(node->text.data(), last, value);
    if (node->kind == YamlNode::Kind::scalar && node->is_plain && error == std::errc{} && end == last &&
        value >= least && value <= most)
        return value;
    problems_.add(*node, key + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return {};
}

std::optional<bool> MapReader::truth(std::string const& key)
{
    YamlNode const* const node = find(key);
    if (!node) return {};
    if (node->kind == YamlNode::Kind::scalar && node->is_plain && (node->text == "true" || node->text == "false"))
        return node->text == "true";
    problems_.add(*node, key + " must be true or false");
    return {};
}

std::optional<std::string> MapReader::text(std::string const& key)
{
    YamlNode const* const node = find(key);
    if (!node) return {};
    if (node->kind == YamlNode::Kind::scalar) return node->text;
    problems_.add(*node, key + " must be a text");
    return {};
}

void MapReader::finish()
{
    for (auto const& [name, value] : map_.entries) {
        if (name.kind != YamlNode::Kind::scalar || std::ranges::count(asked_, name.text)) continue;
        std::string advice = other_direction(name.text);
        if (advice.empty()) {
            std::string const nearest = nearest_name(name.text, asked_);
            advice = nearest.empty() ? what_ + " may have: " + one_of(asked_) : "did you mean " + nearest + "?";
        }
        problems_.add(name, "unknown key " + in_quotes(name.text) + "; " + advice);
    }
}

} // namespace fluoro

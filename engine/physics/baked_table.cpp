#include "baked_table.hpp"

#include <charconv>
#include <fluoro/core/expect.hpp>

namespace fluoro {

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    for (;;) {
        auto const end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

BakedTable read_baked_table(std::string_view text)
{
    BakedTable table;
    for (auto const line : split(text, '\n')) {
        if (line.empty() || line.front() == '#') continue;
        if (table.heading.empty()) {
            table.heading = split(line, ',');
            continue;
        }
        table.rows.push_back(split(line, ','));
        FLUORO_EXPECT(table.rows.back().size() == table.heading.size());
    }
    FLUORO_EXPECT(!table.rows.empty());
    return table;
}

double number(std::string_view cell)
{
    double value = 0;
    auto const [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    FLUORO_EXPECT(problem == std::errc{} && end == cell.data() + cell.size());
    return value;
}

} // namespace fluoro

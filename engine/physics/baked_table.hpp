#pragma once
#include <string_view>
#include <vector>

namespace fluoro {

/// Cells of a comma-separated table baked into the program: `#` lines are skipped, the first line left is the heading.
/// The views look into `text`, which lives as long as the program.
struct BakedTable {
    std::vector<std::string_view> heading;
    std::vector<std::vector<std::string_view>> rows;
};

BakedTable read_baked_table(std::string_view text);
/// The pieces of `text` between separators.
std::vector<std::string_view> split(std::string_view text, char separator);
/// The number that `cell` is, all of it; anything else in a baked table is a defect of ours.
double number(std::string_view cell);

} // namespace fluoro

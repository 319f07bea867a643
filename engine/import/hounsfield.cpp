#include "hounsfield.hpp"

#include "number_visit.hpp"

#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <set>

namespace fluoro {

namespace {

constexpr double padding_hu = -1500; // below what a scanner gives for air with noise
constexpr std::int16_t air_hu = -1000;

struct Statistics {
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();
    std::size_t numbers = 0, no_numbers = 0, padding = 0, too_dense = 0, too_large = 0, fractions = 0;
    std::set<double> some_values; ///< the first ones met, at most `many`
    static constexpr std::size_t many = 65;
};

Statistics look_at(ForeignVolume const& volume)
{
    Statistics s;
    for_each_number(volume.type, volume.values, [&](double value) {
        if (!std::isfinite(value)) {
            ++s.no_numbers;
            return;
        }
        ++s.numbers;
        if (value <= padding_hu) {
            ++s.padding;
            return;
        }
        s.lowest = std::min(s.lowest, value);
        s.highest = std::max(s.highest, value);
        s.too_dense += value > 5000;
        s.too_large += value > 32767;
        s.fractions += value != std::nearbyint(value);
        if (s.some_values.size() < Statistics::many) s.some_values.insert(value);
    });
    return s;
}

std::string as_text(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

void refuse_what_is_no_ct(Statistics const& s, std::string const& where)
{
    std::size_t const inside = s.numbers - s.padding;
    if (inside == 0) throw Error{where + ": not a CT in Hounsfield units: it holds nothing but padding"};
    std::string const range = "(values " + as_text(s.lowest) + " to " + as_text(s.highest) + ")";
    bool const is_uniform = s.lowest == s.highest; // a block of one material is a fair phantom
    // A drawn phantom has a handful of values; a picture has as many as its noise makes.
    bool const is_picture = s.some_values.size() >= Statistics::many;
    if (!is_uniform && s.lowest >= 0 && s.highest < 200)
        throw Error{where + ": not a CT in Hounsfield units " + range + "; a mask, a label map or a normalised image"};
    if (!is_uniform && s.fractions > 0 && s.highest - s.lowest <= 20)
        throw Error{where + ": not a CT in Hounsfield units " + range + "; a normalised image"};
    if (is_picture && s.lowest >= 0)
        throw Error{where + ": not a CT in Hounsfield units " + range +
                    ": nothing is below 0, but fat is -100 and air -1000; MR, or stored without its intercept"};
    if (is_picture && s.too_dense > inside / 100)
        throw Error{where + ": not a CT in Hounsfield units " + range +
                    ": more than 1 % is denser than any bone or tooth"};
}

} // namespace

std::vector<std::int16_t> to_hounsfield(ForeignVolume const& volume, std::string const& where,
                                        std::vector<std::string>& notes)
{
    Statistics const s = look_at(volume);
    refuse_what_is_no_ct(s, where);
    if (s.no_numbers > 0)
        notes.push_back(std::to_string(s.no_numbers) + " voxels that are no number became air (-1000 HU)");
    if (s.padding > 0)
        notes.push_back(std::to_string(s.padding) + " voxels of padding (-1500 HU and below) became air (-1000 HU)");
    if (s.too_large > 0) notes.push_back(std::to_string(s.too_large) + " voxels above 32767 HU were set to 32767 HU");
    if (s.fractions > 0) notes.emplace_back("fractions of a Hounsfield unit were rounded");

    std::vector<std::int16_t> hu;
    hu.reserve(volume.grid.voxels());
    for_each_number(volume.type, volume.values, [&](double value) {
        bool const is_air = !(value > padding_hu) || !std::isfinite(value);
        hu.push_back(is_air ? air_hu : std::int16_t(std::lround(std::min(value, 32767.0))));
    });
    FLUORO_EXPECT(hu.size() == volume.grid.voxels());
    return hu;
}

std::vector<std::uint16_t> to_label_ids(ForeignVolume const& volume, std::string const& where)
{
    std::vector<std::uint16_t> ids;
    ids.reserve(volume.grid.voxels());
    for_each_number(volume.type, volume.values, [&](double value) {
        if (!(value >= 0 && value <= 65535) || value != std::floor(value))
            throw Error{where + ": not a label map: it holds the value " + as_text(value) +
                        "; labels are whole numbers from 0 to 65535"};
        ids.push_back(std::uint16_t(value));
    });
    FLUORO_EXPECT(ids.size() == volume.grid.voxels());
    return ids;
}

} // namespace fluoro

#include "harmony.hpp"
#include "fast_log.hpp"
#include "pyramid.hpp"
#include <fluoro/core/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace fluoro {
namespace {

/// Added before the logarithm, as a share of the field's median: what is behind lead ends at ln 0.01, not at minus
/// infinity, and a pixel without quanta is no hole.
constexpr float log_floor = 0.01f;
/// Least median that the logarithm is taken against [digital numbers].
constexpr float least_median = 0.5f;
/// Penumbra and blur tail at a blade, which are no anatomy: they count neither for the window nor for the slow part.
constexpr double blade_margin_mm = 2.0;
/// Bands of the pyramid, an octave each; the last has structures of about a quarter of the picture.
constexpr int most_levels = 7;
/// Lung is up to about ten times brighter than the mediastinum beside it; what is twice as bright again is
/// direct beam, which the window need not show; and so is what the panel could not hold.
constexpr float direct_beam_ratio = 20.0f, direct_beam_fill = 0.85f;
/// Least share of the field that must be left to set a window by.
constexpr double least_anatomy = 0.05;
/// Narrowest window: an even field is not spread until its noise fills the grey scale.
constexpr double least_window = 1.0;
/// Share of the way that the window goes at each pulse when it is nearly right; far off, it goes all the way.
constexpr double window_speed = 0.15;
/// Where the darkest and the brightest hundredth of the anatomy come to stand. Below is room for what is darker than
/// any anatomy: contrast medium, metal, lead.
constexpr double dark_grey = 0.17, bright_grey = 0.9;
/// The direct beam beside the patient is brighter than anything worth seeing: the bright part above the median gets no
/// more of the scale than this many times the dark part.
constexpr double most_bright_part = 1.5;
/// The grey scale is straight between these shares of it and bends softly outside.
constexpr double toe = 0.1, shoulder = 0.9;

constexpr int white = 4095;

/// The exposed part without the rim at those sides where a blade stands in the picture.
PixelRect inside_blades(PixelRect const& exposed, int columns, int rows, double pixel_pitch_mm)
{
    int const wanted = pixel_pitch_mm > 0 ? int(std::ceil(blade_margin_mm / pixel_pitch_mm)) : 0;
    auto const shrink = [&](int& first, int& count, int size) {
        int const margin = std::min(wanted, count / 4);
        int const before = first > 0 ? margin : 0, after = first + count < size ? margin : 0;
        first += before;
        count -= before + after;
    };
    PixelRect inside = exposed;
    shrink(inside.column, inside.columns, columns);
    shrink(inside.row, inside.rows, rows);
    return inside;
}

/// Value below which `fraction` of the values lie; reorders them.
float percentile(std::vector<float>& values, double fraction)
{
    auto const at = values.begin() + std::ptrdiff_t(fraction * double(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

/// Straight in the middle; an exponential that keeps the slope leads to 0 and to 1 without reaching them.
double soft_scale(double t)
{
    if (t < toe) return toe * std::exp((t - toe) / toe);
    if (t > shoulder) return 1 - (1 - shoulder) * std::exp((shoulder - t) / (1 - shoulder));
    return t;
}

void add(Image<float>& sum, float weight, Image<float> const& image)
{
    float* const to = sum.values.data();
    float const* const from = image.values.data();
    for (std::size_t i = 0, count = sum.values.size(); i < count; ++i) to[i] += weight * from[i];
}

/// Fills in what compression and edges add, and the overview; values from `direct_beam` on are no anatomy.
void add_gains(Harmonised& frame, FrameField const& field, double low_frequency_gain, double edge_gain,
               float direct_beam)
{
    PixelRect inside = inside_blades(field.exposed, frame.columns, frame.rows, field.pixel_pitch_mm);
    // Down the pyramid, then up again with each band's gain less one. The finest band is noise: it is left alone.
    inside.column -= field.exposed.column;
    inside.row -= field.exposed.row;
    std::vector<Image<float>> levels; // levels[k] is 2^(k+1) times coarser than the picture
    levels.push_back(reduced(frame.logarithm, inside));
    while (int(levels.size()) < most_levels && std::min(levels.back().columns, levels.back().rows) >= 8)
        levels.push_back(reduced(levels.back()));
    auto const extra_gain = [&](std::size_t band) {
        // Structures of 4-8, 8-16 ... pixels.
        double const edge[] = {edge_gain, edge_gain / 2};
        double const compression[] = {0, 0.1, 0.3, 0.5, 0.75, 1};
        double const slow = compression[std::min<std::size_t>(band, std::size(compression) - 1)];
        return float((band < 2 ? edge[band] : 0) + slow * (low_frequency_gain - 1));
    };
    Image<float> addition = levels.back();
    for (float& v : addition.values) v *= float(low_frequency_gain - 1);
    std::vector<float> beside; // direct beam
    std::size_t const overview_level = std::min<std::size_t>(2, levels.size() - 1);
    for (std::size_t band = levels.size() - 1;; --band) {
        if (band == overview_level) {
            int const scale = 2 << band;
            for (int y = 0; y < levels[band].rows; ++y)
                for (int x = 0; x < levels[band].columns; ++x)
                    if (x * scale >= inside.column && x * scale < inside.column + inside.columns &&
                        y * scale >= inside.row && y * scale < inside.row + inside.rows) {
                        float const value = levels[band].at(x, y) + addition.at(x, y);
                        (levels[band].at(x, y) < direct_beam ? frame.overview : beside).push_back(value);
                    }
            std::size_t const all = frame.overview.size() + beside.size();
            if (double(frame.overview.size()) < least_anatomy * double(all))
                frame.overview.insert(frame.overview.end(), beside.begin(), beside.end());
        }
        if (band == 0) break;
        Image<float> const& finer = levels[band - 1];
        float const gain = extra_gain(band - 1);
        add(addition, -gain, levels[band]);
        addition = expanded(addition, finer.columns, finer.rows);
        add(addition, gain, finer);
    }
    frame.addition = std::move(addition);
}

} // namespace

Harmonised harmonise(Image<float> const& linear, FrameField const& field, double low_frequency_gain, double edge_gain)
{
    PixelRect const inside = inside_blades(field.exposed, linear.columns, linear.rows, field.pixel_pitch_mm);
    std::vector<float> samples;
    for (int y = inside.row; y < inside.row + inside.rows; y += 4)
        for (int x = inside.column; x < inside.column + inside.columns; x += 4) samples.push_back(linear.at(x, y));
    float const median = std::max(percentile(samples, 0.5), least_median);
    float const dark = std::max(percentile(samples, 0.05), least_median);
    float const direct_beam =
        std::log(std::min(direct_beam_ratio * dark, direct_beam_fill * field.saturation) / median + log_floor);

    PixelRect const& exposed = field.exposed;
    Harmonised result{linear.columns, linear.rows, exposed, Image<float>{exposed.columns, exposed.rows}, {}, {}};
    parallel_for(exposed.rows, [&](int first, int last) {
        for (int y = first; y < last; ++y) {
            float const* const from = &linear.at(exposed.column, exposed.row + y);
            float* const to = &result.logarithm.at(0, y);
            for (int x = 0; x < exposed.columns; ++x) to[x] = fast_log(from[x] / median + log_floor);
        }
    });
    add_gains(result, field, low_frequency_gain, edge_gain, direct_beam);
    return result;
}

Harmonised enhance_edges(Image<float> const& log_signal, FrameField const& field, double edge_gain)
{
    PixelRect const& exposed = field.exposed;
    Harmonised result{
        log_signal.columns, log_signal.rows, exposed, Image<float>{exposed.columns, exposed.rows}, {}, {}};
    for (int y = 0; y < exposed.rows; ++y)
        std::copy_n(&log_signal.at(exposed.column, exposed.row + y), exposed.columns, &result.logarithm.at(0, y));
    add_gains(result, field, 1, edge_gain, std::numeric_limits<float>::infinity());
    return result;
}

GreyWindow automatic_window(Harmonised const& frame)
{
    std::vector<float> values = frame.overview;
    if (values.empty()) return {0, least_window};
    double const low = percentile(values, 0.01), median = percentile(values, 0.5);
    double const high = std::min<double>(percentile(values, 0.99), median + most_bright_part * (median - low));
    double const width = std::max((high - low) / (bright_grey - dark_grey), least_window);
    double const middle = (low + high) / 2;
    return {middle + width * (0.5 - (bright_grey + dark_grey) / 2), width};
}

Picture painted(Harmonised const& frame, GreyWindow const& window, Tone const& tone, Image<std::uint8_t> const& marks)
{
    Picture picture{Image<std::uint16_t>{frame.columns, frame.rows}};
    PixelRect const& exposed = frame.exposed;
    double const slope = tone.contrast / window.width;
    double const offset = 0.5 + tone.brightness - slope * window.centre;
    parallel_for(exposed.rows, [&](int first, int last) {
        std::vector<float> line(std::size_t(exposed.columns));
        float* const addition = line.data();
        for (int y = first; y < last; ++y) {
            expand_row(frame.addition, y, exposed.columns, addition);
            float const* const logarithm = &frame.logarithm.at(0, y);
            std::uint8_t const* const mark =
                marks.values.empty() ? nullptr : &marks.at(exposed.column, exposed.row + y);
            std::uint16_t* const out = &picture.grey.at(exposed.column, exposed.row + y);
            for (int x = 0; x < exposed.columns; ++x) {
                double const value = double(logarithm[x]) + addition[x];
                double grey = soft_scale(slope * value + offset);
                if (mark && mark[x]) grey = 1;
                out[x] = std::uint16_t((tone.inverted ? 1 - grey : grey) * white + 0.5);
            }
        }
    });
    return picture;
}

} // namespace fluoro

#include "pyramid.hpp"
#include <fluoro/core/error.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/display.hpp>

#include <algorithm>
#include <cmath>
#include <string>
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

void require(bool fine, std::string const& what)
{
    if (!fine) throw Error{"display: " + what};
}

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

} // namespace

/// A frame on the logarithmic scale, cut to the exposed part, and what the compression adds to it.
struct Display::Scaled {
    Image<float> logarithm;
    Image<float> addition;       ///< at half the resolution
    std::vector<float> overview; ///< compressed values of the anatomy inside the blades, 8 x 8 pixels each
};

Display::Display(DisplaySettings const& settings) : settings_{settings}
{
    require(settings.recursive_weight > 0 && settings.recursive_weight <= 1,
            "recursive_weight must lie above 0 and not above 1");
    require(settings.hold_frames >= 1, "hold_frames must be at least 1");
    require(settings.low_frequency_gain > 0 && settings.low_frequency_gain <= 1,
            "low_frequency_gain must lie above 0 and not above 1");
    require(settings.edge_gain >= 0 && settings.edge_gain <= 2, "edge_gain must lie in 0 to 2");
}

void Display::reset()
{
    *this = Display{settings_};
}

Display::Scaled Display::scaled(Image<float> const& linear) const
{
    PixelRect inside = inside_blades(exposed_, linear.columns, linear.rows, pixel_pitch_mm_);
    std::vector<float> samples;
    for (int y = inside.row; y < inside.row + inside.rows; y += 4)
        for (int x = inside.column; x < inside.column + inside.columns; x += 4) samples.push_back(linear.at(x, y));
    float const median = std::max(percentile(samples, 0.5), least_median);
    float const dark = std::max(percentile(samples, 0.05), least_median);
    float const direct_beam =
        std::log(std::min(direct_beam_ratio * dark, direct_beam_fill * saturation_) / median + log_floor);

    Scaled result;
    result.logarithm = Image<float>{exposed_.columns, exposed_.rows};
    parallel_for(exposed_.rows, [&](int first, int last) {
        for (int y = first; y < last; ++y) {
            float const* const from = &linear.at(exposed_.column, exposed_.row + y);
            float* const to = &result.logarithm.at(0, y);
            for (int x = 0; x < exposed_.columns; ++x) to[x] = std::log(from[x] / median + log_floor);
        }
    });

    // Down the pyramid, then up again with each band's gain less one. The finest band is noise: it is left alone.
    inside.column -= exposed_.column;
    inside.row -= exposed_.row;
    std::vector<Image<float>> levels; // levels[k] is 2^(k+1) times coarser than the picture
    levels.push_back(reduced(result.logarithm, inside));
    while (int(levels.size()) < most_levels && std::min(levels.back().columns, levels.back().rows) >= 8)
        levels.push_back(reduced(levels.back()));
    auto const extra_gain = [&](std::size_t band) {
        // Structures of 4-8, 8-16 ... pixels.
        double const edge[] = {settings_.edge_gain, settings_.edge_gain / 2};
        double const compression[] = {0, 0.1, 0.3, 0.5, 0.75, 1};
        double const slow = compression[std::min<std::size_t>(band, std::size(compression) - 1)];
        return float((band < 2 ? edge[band] : 0) + slow * (settings_.low_frequency_gain - 1));
    };
    Image<float> addition = levels.back();
    for (float& v : addition.values) v *= float(settings_.low_frequency_gain - 1);
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
                        (levels[band].at(x, y) < direct_beam ? result.overview : beside).push_back(value);
                    }
            std::size_t const all = result.overview.size() + beside.size();
            if (double(result.overview.size()) < least_anatomy * double(all))
                result.overview.insert(result.overview.end(), beside.begin(), beside.end());
        }
        if (band == 0) break;
        Image<float> const& finer = levels[band - 1];
        float const gain = extra_gain(band - 1);
        for (std::size_t i = 0; i < addition.values.size(); ++i) addition.values[i] -= gain * levels[band].values[i];
        addition = expanded(addition, finer.columns, finer.rows);
        for (std::size_t i = 0; i < addition.values.size(); ++i) addition.values[i] += gain * finer.values[i];
    }
    result.addition = std::move(addition);
    return result;
}

Display::Window Display::wanted_window(Scaled const& scaled) const
{
    std::vector<float> values = scaled.overview;
    if (values.empty()) return {0, least_window};
    double const low = percentile(values, 0.01), median = percentile(values, 0.5);
    double const high = std::min<double>(percentile(values, 0.99), median + most_bright_part * (median - low));
    double const width = std::max((high - low) / (bright_grey - dark_grey), least_window);
    double const middle = (low + high) / 2;
    return {middle + width * (0.5 - (bright_grey + dark_grey) / 2), width};
}

Picture Display::shown(Scaled const& scaled, Window const& window) const
{
    Picture picture{Image<std::uint16_t>{filtered_.columns, filtered_.rows}};
    parallel_for(exposed_.rows, [&](int first, int last) {
        std::vector<float> addition(std::size_t(exposed_.columns));
        for (int y = first; y < last; ++y) {
            expand_row(scaled.addition, y, exposed_.columns, addition.data());
            float const* const logarithm = &scaled.logarithm.at(0, y);
            std::uint16_t* const out = &picture.grey.at(exposed_.column, exposed_.row + y);
            for (int x = 0; x < exposed_.columns; ++x) {
                double const value = double(logarithm[x]) + addition[std::size_t(x)];
                double const grey = soft_scale((value - window.centre) / window.width + 0.5);
                out[x] = std::uint16_t((settings_.inverted ? 1 - grey : grey) * white + 0.5);
            }
        }
    });
    return picture;
}

Picture Display::process(RawImage const& raw, bool same_view)
{
    auto const& frame = raw.digital_numbers;
    bool const goes_on = same_view && !last_frames_.empty() && frame.columns == filtered_.columns &&
                         frame.rows == filtered_.rows && raw.exposed == exposed_;
    if (!goes_on) last_frames_.clear();
    last_frames_.push_back(frame);
    while (int(last_frames_.size()) > settings_.hold_frames) last_frames_.pop_front();
    exposed_ = raw.exposed;
    pixel_pitch_mm_ = raw.pixel_pitch_mm;
    saturation_ = float(raw.saturation);

    if (goes_on) {
        float const weight = float(settings_.recursive_weight);
        for (std::size_t i = 0; i < frame.values.size(); ++i)
            filtered_.values[i] += weight * (float(frame.values[i]) - filtered_.values[i]);
    } else {
        filtered_ = Image<float>{frame.columns, frame.rows};
        std::copy(frame.values.begin(), frame.values.end(), filtered_.values.begin());
    }
    // Nothing arrived, or the blades are shut: black, and no reason to move the window.
    if (is_dark(filtered_)) return black();

    Scaled const frame_scaled = scaled(filtered_);
    Window const wanted = wanted_window(frame_scaled);
    if (!window_) {
        window_ = wanted;
    } else {
        double const off =
            (std::abs(wanted.centre - window_->centre) + std::abs(wanted.width - window_->width)) / window_->width;
        double const speed = std::clamp(off, window_speed, 1.0);
        window_->centre += speed * (wanted.centre - window_->centre);
        window_->width += speed * (wanted.width - window_->width);
    }
    return shown(frame_scaled, *window_);
}

std::optional<Picture> Display::hold() const
{
    if (last_frames_.empty()) return std::nullopt;
    Image<float> mean{filtered_.columns, filtered_.rows};
    float const share = 1.0f / float(last_frames_.size());
    for (auto const& frame : last_frames_)
        for (std::size_t i = 0; i < frame.values.size(); ++i) mean.values[i] += share * float(frame.values[i]);
    return window_ && !is_dark(mean) ? shown(scaled(mean), *window_) : black();
}

bool Display::is_dark(Image<float> const& linear) const
{
    for (int y = exposed_.row; y < exposed_.row + exposed_.rows; ++y) {
        auto const first = linear.values.begin() + std::ptrdiff_t(y) * linear.columns + exposed_.column;
        if (std::any_of(first, first + exposed_.columns, [](float v) { return v > 0; })) return false;
    }
    return true;
}

Picture Display::black() const
{
    return Picture{Image<std::uint16_t>{filtered_.columns, filtered_.rows}};
}

Image<std::uint8_t> to_8bit(Picture const& picture)
{
    Image<std::uint8_t> out{picture.grey.columns, picture.grey.rows};
    for (std::size_t i = 0; i < out.values.size(); ++i)
        out.values[i] = std::uint8_t((picture.grey.values[i] * 255 + white / 2) / white);
    return out;
}

} // namespace fluoro

#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/detector/aperture.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/detector.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace fluoro {

namespace {

/// Light spread and aperture of one read-out format.
struct Optics {
    ScintillatorBlur blur;
    ApertureFilter aperture;
};

/// A zoom format changes the pitch a few times per procedure: each is built once and kept for the life of the program
/// (a few hundred bytes). Safe from several threads.
std::shared_ptr<Optics const> optics_at(double h_mm2, double pitch_mm)
{
    static std::mutex mutex;
    static std::map<std::pair<double, double>, std::shared_ptr<Optics const>> known;
    std::lock_guard const lock{mutex};
    auto& optics = known[{h_mm2, pitch_mm}];
    if (!optics)
        optics =
            std::make_shared<Optics const>(Optics{ScintillatorBlur{h_mm2, pitch_mm}, ApertureFilter{h_mm2, pitch_mm}});
    return optics;
}

bool same_size(Image<float> const& a, Image<float> const& b)
{
    return a.columns == b.columns && a.rows == b.rows;
}

/// Beyond this many quanta in one pixel the draw is the mean: the noise is then 3e-5 of it.
constexpr float most_quanta_drawn = 1e9f;

/// The rows of the mean signal as the pixels' apertures take it [keV/mm2]. Keeps the rows that the filter reaches: one
/// per thread, asked for in order.
class MeanRows {
public:
    MeanRows(Signal const& signal, ApertureFilter const* aperture)
        : signal_{signal}, aperture_{aperture}, width_(std::size_t(signal.primary.columns)),
          padded_(width_ + 2 * margin), mean_(width_)
    {
        for (auto& row : kept_) row.values.resize(width_);
    }

    /// Sampled by the pixels' own rays.
    float const* at_centres(int row)
    {
        Kept& kept = kept_[std::size_t(row) % kept_.size()];
        if (kept.row == row) return kept.values.data();
        kept.row = row;
        float* const to = kept.values.data();
        std::size_t const first = std::size_t(row) * width_;
        if (signal_.scatter.values.empty())
            std::fill_n(to, width_, 0.0f);
        else
            std::copy_n(signal_.scatter.values.data() + first, width_, to);
        add_exposed(signal_, signal_.primary, row, to);
        return to;
    }

    /// Over the pixels' areas.
    float const* over_apertures(int row)
    {
        float const* const centre = at_centres(row);
        if (!aperture_) return centre;
        constexpr int radius = ApertureFilter::radius;
        std::array<float const*, 2 * radius + 1> rows;
        for (int i = -radius; i <= radius; ++i)
            rows[std::size_t(i + radius)] = at_centres(mirrored(row + i, signal_.primary.rows));
        float* const middle = padded_.data() + margin;
        aperture_->filter_column(rows, int(width_), middle);
        mirror_ends(middle, int(width_), radius);
        aperture_->filter_row(middle, centre, int(width_), mean_.data());
        return mean_.data();
    }

    /// Adds a row of `image` where the blades let the beam reach.
    static void add_exposed(Signal const& signal, Image<float> const& image, int row, float* to)
    {
        PixelRect const& open = signal.exposed;
        if (row < open.row || row >= open.row + open.rows) return;
        float const* const from = image.values.data() + std::size_t(row) * std::size_t(image.columns);
        for (int x = open.column; x < open.column + open.columns; ++x) to[x] += from[x];
    }

private:
    static constexpr std::size_t margin = ApertureFilter::radius;
    struct Kept {
        int row = -1;
        std::vector<float> values;
    };
    Signal const& signal_;
    ApertureFilter const* aperture_;
    std::size_t width_;
    std::array<Kept, 8> kept_; ///< by row modulo 8: seven are in use
    std::vector<float> padded_, mean_;
};

/// Draws the energy absorbed in the pixels of one row [keV], before the light spreads. One per thread, asked for in
/// order.
class RowOfQuanta {
public:
    RowOfQuanta(Signal const& signal, ApertureFilter const* aperture, DetectorModel const& model, std::uint64_t seed,
                std::uint32_t frame)
        : signal_{signal}, model_{model}, rows_{signal, aperture}, seed_{seed}, frame_{frame},
          width_(std::size_t(signal.primary.columns)), quantum_kev_(width_), quanta_(width_), drawn_(width_)
    {
    }

    void draw(int row, float* energy_kev)
    {
        float const area = float(signal_.pixel_pitch_mm * signal_.pixel_pitch_mm);
        float const* const centre = rows_.at_centres(row);
        float const* const mean = rows_.over_apertures(row);
        for (std::size_t i = 0; i < width_; ++i) energy_kev[i] = mean[i] > 0 ? mean[i] * area : 0.0f;
        if (!model_.noise) return;
        // Quanta of one energy that have the pixel's mean and second moment: n e = mean, n e^2 = second moment, widened
        // by the light's own spread. The energy varies too little within a pixel for its ray to be filtered as well.
        std::size_t const first = std::size_t(row) * width_;
        if (signal_.scatter.values.empty())
            std::fill(quantum_kev_.begin(), quantum_kev_.end(), 0.0f);
        else
            std::copy_n(signal_.scatter_second_moment.values.data() + first, width_, quantum_kev_.data());
        MeanRows::add_exposed(signal_, signal_.primary_second_moment, row, quantum_kev_.data());
        float const swank = float(model_.optical_swank);
        float *const quantum_kev = quantum_kev_.data(), *const quanta = quanta_.data();
        for (std::size_t i = 0; i < width_; ++i) {
            float const quantum = quantum_kev[i] / (centre[i] * swank);
            bool const is_drawn = (centre[i] > 0) & (quantum > 0);
            float const count = is_drawn ? energy_kev[i] / quantum : 0.0f;
            quantum_kev[i] = quantum;
            quanta[i] = count < most_quanta_drawn ? count : 0.0f; // the mean stands
        }
        poisson_row(seed_, RandomStream::quanta, frame_, std::uint32_t(first), quanta_, drawn_);
        float const* const drawn = drawn_.data();
        for (std::size_t i = 0; i < width_; ++i)
            energy_kev[i] = quanta[i] > 0 ? quantum_kev[i] * drawn[i] : energy_kev[i];
    }

private:
    Signal const& signal_;
    DetectorModel const& model_;
    MeanRows rows_;
    std::uint64_t seed_;
    std::uint32_t frame_;
    std::size_t width_;
    std::vector<float> quantum_kev_, quanta_, drawn_;
};

/// From a pixel's charge to the number that is handed on. One per thread.
class Converter {
public:
    Converter(Signal const& signal, DetectorModel const& model, PanelMap const* map, std::uint64_t seed,
              std::uint32_t frame)
        : signal_{signal}, model_{model}, map_{map}, seed_{seed}, frame_{frame},
          dn_per_kev_{float(model.dn_per_kev_mm2 / (signal.pixel_pitch_mm * signal.pixel_pitch_mm))},
          width_(std::size_t(signal.primary.columns)), noise_(width_), ones_(map ? 0 : width_, 1.0f),
          zeros_(map ? 0 : width_, 0.0f)
    {
    }

    void convert(int row, float const* charge_kev, std::uint16_t* to)
    {
        std::size_t const first = std::size_t(row) * width_;
        add_noise(row);
        float const* const sensitivity = map_ ? map_->sensitivity.data() + first : ones_.data();
        float const* const column_offset = map_ ? map_->column_offset.data() : zeros_.data();
        float const row_offset = map_ ? map_->row_offset[std::size_t(row)] : 0.0f, top = float(model_.saturation);
        float* const raw = noise_.data(); // holds the noise, then what the converter gives: whole numbers
        for (std::size_t x = 0; x < width_; ++x) {
            float const volts = (charge_kev[x] * sensitivity[x] + raw[x]) * dn_per_kev_ + column_offset[x];
            float const level = volts + (row_offset + 0.5f), floored = level > 0 ? level : 0.0f;
            raw[x] = float(int(floored < top ? floored : top));
        }
        if (!model_.is_corrected) {
            for (std::size_t x = 0; x < width_; ++x) to[x] = std::uint16_t(int(raw[x]));
            return;
        }
        // A full converter says no more than that it is full, whatever the maps make of it.
        float const* const open = signal_.open_beam.values.empty() ? nullptr : signal_.open_beam.values.data() + first;
        for (std::size_t x = 0; x < width_; ++x) {
            float const shape = open ? (open[x] > least_open_beam ? open[x] : least_open_beam) : 1.0f;
            float const divisor = sensitivity[x] * shape;
            float const even = (raw[x] - column_offset[x] - row_offset) / (divisor > 0 ? divisor : 1.0f) + 0.5f;
            float const held = raw[x] < top ? (even > 0 ? even : 0.0f) : top;
            to[x] = std::uint16_t(int(held < top ? held : top));
        }
    }

private:
    /// A flat field divides by no less: an amplification beyond this would show noise alone.
    static constexpr float least_open_beam = 0.02f;

    void add_noise(int row)
    {
        if (!model_.noise || !(model_.electronic_noise_kev > 0)) {
            std::fill(noise_.begin(), noise_.end(), 0.0f);
            return;
        }
        normal_row(seed_, RandomStream::electronic, frame_, std::uint32_t(row) * items_of_normals(width_), noise_);
        float const rms = float(model_.electronic_noise_kev);
        for (float& noise : noise_) noise *= rms;
    }

    Signal const& signal_;
    DetectorModel const& model_;
    PanelMap const* map_;
    std::uint64_t seed_;
    std::uint32_t frame_;
    float dn_per_kev_;
    std::size_t width_;
    std::vector<float> noise_, ones_, zeros_;
};

/// Dead pixels take the mean of the good ones around them. They read nothing themselves, so the order is free.
void repair_pixels(PanelMap const& map, Image<std::uint16_t>& numbers)
{
    for (auto const& repair : map.repairs) {
        float sum = 0;
        for (std::size_t i = 0; i < repair.from.size(); ++i)
            sum += repair.weights[i] * float(numbers.values[repair.from[i]]);
        numbers.values[repair.pixel] = std::uint16_t(std::min(sum + 0.5f, 65535.0f));
    }
}

bool has_map(PanelModel const& panel)
{
    return panel.sensitivity_spread > 0 || panel.pedestal_dn > 0 || panel.column_offset_dn > 0 ||
           panel.row_offset_dn > 0 || panel.dead_elements > 0 || panel.dead_lines > 0;
}

void require(bool fine, std::string const& what)
{
    if (!fine) throw Error{"detector: " + what};
}

DetectorModel const& checked(DetectorModel const& model)
{
    require(model.mtf_h_mm2 >= 0 && model.mtf_h_mm2 < 100, "mtf_h_mm2 must lie in 0 to 100; 0 means no blur");
    require(model.electronic_noise_kev >= 0, "electronic_noise_kev must not be negative");
    require(model.optical_swank > 0 && model.optical_swank <= 1, "optical_swank must lie above 0 and not above 1");
    require(model.dn_per_kev_mm2 > 0, "dn_per_kev_mm2 must be above 0");
    require(model.full_well_kev_mm2 > 0, "full_well_kev_mm2 must be above 0");
    require(model.longest_integration_s > 0, "longest_integration_s must be above 0");
    double glare = 0, lag = 0;
    for (auto const& component : model.glare) {
        require(component.share >= 0 && component.sigma_mm > 0, "glare needs shares from 0 and sigma_mm above 0");
        glare += component.share;
    }
    require(glare < 1, "the shares of glare must add up to less than 1");
    for (auto const& component : model.lag) {
        require(component.share >= 0 && component.seconds > 0, "lag needs shares from 0 and seconds above 0");
        lag += component.share;
    }
    require(lag < 1, "the shares of lag must add up to less than 1");
    require(model.ghost.gain >= 0 && model.ghost.energy_kev_mm2 > 0 && model.ghost.seconds > 0,
            "ghost needs a gain from 0, an energy and a time above 0");
    PanelModel const& panel = model.panel;
    require(panel.native_pitch_mm > 0 && panel.side_mm >= panel.native_pitch_mm && panel.side_mm <= 2000,
            "panel needs native_pitch_mm above 0 and side_mm from that to 2000");
    require(panel.sensitivity_spread >= 0 && panel.sensitivity_spread <= 0.2,
            "panel.sensitivity_spread must lie in 0 to 0.2");
    require(panel.pedestal_dn >= 0 && panel.pedestal_dn < model.saturation && panel.column_offset_dn >= 0 &&
                panel.row_offset_dn >= 0,
            "panel offsets must not be negative, and the pedestal lies below saturation");
    require(panel.dead_elements >= 0 && panel.dead_elements <= 0.01 && panel.dead_lines >= 0 &&
                panel.dead_lines <= 0.01,
            "panel.dead_elements and dead_lines must lie in 0 to 0.01");
    return model;
}

} // namespace

Detector::Detector(DetectorModel const& model)
    : model_{checked(model)}, memory_{model.lag, model.ghost, model.longest_integration_s}
{
}

void Detector::select(DetectorMode const& mode)
{
    require(mode.full_scale_kev_mm2 > 0, "a mode's full_scale_kev_mm2 must be above 0");
    DetectorModel model = model_;
    model.dn_per_kev_mm2 = model.saturation / mode.full_scale_kev_mm2;
    model.electronic_noise_kev = mode.electronic_noise_kev;
    model_ = checked(model);
}

RawImage Detector::read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame, double time_s)
{
    int const columns = signal.primary.columns, rows = signal.primary.rows;
    FLUORO_EXPECT(columns > 0 && rows > 0 && signal.pixel_pitch_mm > 0);
    bool const is_known =
        map_ && map_->columns == columns && map_->rows == rows && map_->pitch_mm == signal.pixel_pitch_mm;
    if (has_map(model_.panel) && !is_known) map_ = panel_map(model_.panel, columns, rows, signal.pixel_pitch_mm);
    memory_.begin_frame(columns, rows, signal.pixel_pitch_mm, time_s);
    return expose(signal, seed, frame, map_ ? &*map_ : nullptr, &memory_, planes_);
}

RawImage Detector::read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame) const
{
    std::vector<std::vector<float>> planes;
    if (!has_map(model_.panel)) return expose(signal, seed, frame, nullptr, nullptr, planes);
    PanelMap const map = panel_map(model_.panel, signal.primary.columns, signal.primary.rows, signal.pixel_pitch_mm);
    return expose(signal, seed, frame, &map, nullptr, planes);
}

RawImage Detector::expose(Signal const& signal, std::uint64_t seed, std::uint32_t frame, PanelMap const* map,
                          PanelMemory* memory, std::vector<std::vector<float>>& planes) const
{
    int const columns = signal.primary.columns, rows = signal.primary.rows;
    PixelRect const& open = signal.exposed;
    FLUORO_EXPECT(signal.pixel_pitch_mm > 0);
    FLUORO_EXPECT(same_size(signal.primary, signal.primary_second_moment));
    FLUORO_EXPECT(signal.scatter.values.empty() || (same_size(signal.primary, signal.scatter) &&
                                                    same_size(signal.primary, signal.scatter_second_moment)));
    FLUORO_EXPECT(signal.open_beam.values.empty() || same_size(signal.primary, signal.open_beam));
    FLUORO_EXPECT(open.column >= 0 && open.row >= 0 && open.columns >= 0 && open.rows >= 0 &&
                  open.column + open.columns <= columns && open.row + open.rows <= rows);

    auto const optics = model_.mtf_h_mm2 > 0 ? optics_at(model_.mtf_h_mm2, signal.pixel_pitch_mm) : nullptr;
    std::optional<VeilingGlare> glare;
    if (!model_.glare.empty()) glare.emplace(model_.glare, signal.pixel_pitch_mm, columns, rows);
    std::size_t const width = std::size_t(columns);

    // Quanta, then light along the rows: one plane per term of the blur, or the quanta themselves.
    planes.resize(optics ? optics->blur.terms() : 1);
    for (auto& plane : planes) plane.resize(width * std::size_t(rows));
    int const group = glare ? glare->cell() : 1, radius = optics ? optics->blur.radius() : 0;
    parallel_for((rows + group - 1) / group, [&](int first, int last) {
        RowOfQuanta quanta{signal, optics ? &optics->aperture : nullptr, model_, seed, frame};
        std::vector<float> padded(width + 2 * std::size_t(radius));
        float* const middle = padded.data() + radius;
        for (int row = first * group; row < std::min(rows, last * group); ++row) {
            quanta.draw(row, middle);
            if (glare) glare->add_row(row, middle);
            mirror_ends(middle, columns, radius);
            if (optics)
                optics->blur.filter_row(middle, columns, std::size_t(row) * width, planes);
            else
                std::copy_n(middle, width, planes[0].data() + std::size_t(row) * width);
        }
    });
    if (glare) glare->spread();

    RawImage raw{Image<std::uint16_t>{columns, rows}, model_.dn_per_kev_mm2, model_.saturation, signal.pixel_pitch_mm,
                 open};
    float const full_well = float(model_.full_well_kev_mm2 * signal.pixel_pitch_mm * signal.pixel_pitch_mm);
    parallel_for(rows, [&](int first, int last) {
        Converter converter{signal, model_, map, seed, frame};
        std::vector<float> charge_kev(width);
        for (int row = first; row < last; ++row) {
            if (optics)
                optics->blur.combine_rows(planes, row, rows, columns, charge_kev.data());
            else
                std::copy_n(planes[0].data() + std::size_t(row) * width, width, charge_kev.data());
            if (glare) glare->apply(row, charge_kev.data());
            if (memory)
                memory->take_row(row, full_well, charge_kev.data());
            else
                for (float& charge : charge_kev) charge = charge < full_well ? charge : full_well;
            converter.convert(row, charge_kev.data(), &raw.digital_numbers.at(0, row));
        }
    });
    if (map && model_.is_corrected) repair_pixels(*map, raw.digital_numbers);
    return raw;
}

} // namespace fluoro

#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/detector.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace fluoro {

namespace {

/// The blur of this H on this pitch. A zoom format changes the pitch a few times per procedure: each is built once and
/// kept for the life of the program (a few hundred bytes). Safe from several threads.
std::shared_ptr<ScintillatorBlur const> blur_at(double h_mm2, double pitch_mm)
{
    static std::mutex mutex;
    static std::map<std::pair<double, double>, std::shared_ptr<ScintillatorBlur const>> blurs;
    std::lock_guard const lock{mutex};
    auto& blur = blurs[{h_mm2, pitch_mm}];
    if (!blur) blur = std::make_shared<ScintillatorBlur const>(h_mm2, pitch_mm);
    return blur;
}

bool same_size(Image<float> const& a, Image<float> const& b)
{
    return a.columns == b.columns && a.rows == b.rows;
}

/// Beyond this many quanta in one pixel the draw is the mean: the noise is then 2e-5 of it.
constexpr double most_quanta_drawn = 2.5e9;

/// Draws the energy absorbed in the pixels of one row [keV], before any blur. Keeps its scratch rows: one per thread.
class RowOfQuanta {
public:
    RowOfQuanta(Signal const& signal, DetectorModel const& model, std::uint64_t seed, std::uint32_t frame)
        : signal_{signal}, model_{model}, seed_{seed}, frame_{frame},
          area_mm2_{signal.pixel_pitch_mm * signal.pixel_pitch_mm}, has_scatter_{!signal.scatter.values.empty()},
          quantum_kev_(std::size_t(signal.exposed.columns)), quanta_(quantum_kev_.size()), drawn_(quantum_kev_.size())
    {
    }

    void draw(int row, float* energy_kev)
    {
        PixelRect const& open = signal_.exposed;
        std::fill(energy_kev, energy_kev + signal_.primary.columns, 0.0f);
        if (row < open.row || row >= open.row + open.rows) return;
        std::size_t const first = std::size_t(row) * std::size_t(signal_.primary.columns) + std::size_t(open.column);
        energy_kev += open.column;
        for (std::size_t i = 0; i < quanta_.size(); ++i) energy_kev[i] = split(first + i, quantum_kev_[i], quanta_[i]);
        if (!model_.noise) return;
        poisson_row(seed_, RandomStream::quanta, frame_, std::uint32_t(first), quanta_, drawn_);
        for (std::size_t i = 0; i < quanta_.size(); ++i)
            if (quanta_[i] > 0) energy_kev[i] = float(quantum_kev_[i] * drawn_[i]);
    }

private:
    /// Mean energy of a pixel [keV], and the mean number of quanta of one energy that have it and its second moment:
    /// n e = mean, n e^2 = second moment, widened by the light's own spread.
    float split(std::size_t pixel, double& quantum_kev, double& quanta) const
    {
        double mean = signal_.primary.values[pixel], second = signal_.primary_second_moment.values[pixel];
        if (has_scatter_) {
            mean += signal_.scatter.values[pixel];
            second += signal_.scatter_second_moment.values[pixel];
        }
        quantum_kev = quanta = 0;
        if (!(mean > 0) || !(second > 0)) return 0;
        quantum_kev = second / (mean * model_.optical_swank);
        quanta = mean * area_mm2_ / quantum_kev;
        if (quanta > most_quanta_drawn) quanta = 0; // the mean stands
        return float(mean * area_mm2_);
    }

    Signal const& signal_;
    DetectorModel const& model_;
    std::uint64_t seed_;
    std::uint32_t frame_;
    double area_mm2_;
    bool has_scatter_;
    std::vector<double> quantum_kev_, quanta_;
    std::vector<std::uint32_t> drawn_;
};

/// The electronics' share of one row [keV]. Four pixels share a block of random words, so it costs a quarter.
void add_electronic_noise(double rms_kev, std::uint64_t seed, std::uint32_t frame, int row, int columns,
                          float* energy_kev)
{
    int const block = 4;
    int const blocks = (columns + block - 1) / block;
    for (int b = 0; b < blocks; ++b) {
        RandomSequence random{seed, RandomStream::electronic, frame, std::uint32_t(row * blocks + b)};
        for (int column = b * block; column < std::min(columns, (b + 1) * block); ++column)
            energy_kev[column] += float(rms_kev * random.next_normal());
    }
}

void require(bool fine, std::string const& what)
{
    if (!fine) throw Error{"detector: " + what};
}

} // namespace

Detector::Detector(DetectorModel const& model) : model_{model}
{
    require(model.native_pitch_mm > 0, "native_pitch_mm must be above 0");
    require(model.mtf_h_mm2 >= 0 && model.mtf_h_mm2 < 100, "mtf_h_mm2 must lie in 0 to 100; 0 means no blur");
    require(model.electronic_noise_kev >= 0, "electronic_noise_kev must not be negative");
    require(model.optical_swank > 0 && model.optical_swank <= 1, "optical_swank must lie above 0 and not above 1");
    require(model.dn_per_kev_mm2 > 0, "dn_per_kev_mm2 must be above 0");
}

RawImage Detector::read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame) const
{
    int const columns = signal.primary.columns, rows = signal.primary.rows;
    PixelRect const& open = signal.exposed;
    FLUORO_EXPECT(signal.pixel_pitch_mm > 0);
    FLUORO_EXPECT(same_size(signal.primary, signal.primary_second_moment));
    FLUORO_EXPECT(signal.scatter.values.empty() || (same_size(signal.primary, signal.scatter) &&
                                                    same_size(signal.primary, signal.scatter_second_moment)));
    FLUORO_EXPECT(open.column >= 0 && open.row >= 0 && open.columns >= 0 && open.rows >= 0 &&
                  open.column + open.columns <= columns && open.row + open.rows <= rows);

    auto const blur = model_.mtf_h_mm2 > 0 ? blur_at(model_.mtf_h_mm2, signal.pixel_pitch_mm) : nullptr;
    std::size_t const width = std::size_t(columns);
    std::vector<std::vector<float>> planes; // rows filtered along themselves, one plane per term of the blur
    if (blur) {
        planes.assign(std::size_t(ScintillatorBlur::terms), std::vector<float>(width * std::size_t(rows)));
        int const radius = blur->radius();
        parallel_for(rows, [&](int first, int last) {
            RowOfQuanta quanta{signal, model_, seed, frame};
            std::vector<float> padded(width + 2 * std::size_t(radius));
            for (int row = first; row < last; ++row) {
                float* const middle = padded.data() + radius;
                quanta.draw(row, middle);
                for (int i = 1; i <= radius; ++i) {
                    middle[-i] = middle[mirrored(-i, columns)];
                    middle[columns - 1 + i] = middle[mirrored(columns - 1 + i, columns)];
                }
                blur->filter_row(padded.data(), columns, std::size_t(row) * width, planes);
            }
        });
    }

    RawImage raw{Image<std::uint16_t>{columns, rows}, model_.dn_per_kev_mm2, model_.saturation, signal.pixel_pitch_mm,
                 open};
    double const dn_per_kev = model_.dn_per_kev_mm2 / (signal.pixel_pitch_mm * signal.pixel_pitch_mm);
    parallel_for(rows, [&](int first, int last) {
        RowOfQuanta quanta{signal, model_, seed, frame};
        std::vector<float> energy_kev(width);
        for (int row = first; row < last; ++row) {
            if (blur)
                blur->combine_rows(planes, row, rows, columns, energy_kev.data());
            else
                quanta.draw(row, energy_kev.data());
            if (model_.noise && model_.electronic_noise_kev > 0)
                add_electronic_noise(model_.electronic_noise_kev, seed, frame, row, columns, energy_kev.data());
            float const gain = float(dn_per_kev), top = float(model_.saturation);
            float const* const from = energy_kev.data();
            std::uint16_t* const to = raw.digital_numbers.values.data() + std::size_t(row) * width;
            for (int column = 0; column < columns; ++column)
                to[column] = std::uint16_t(int(std::min(std::max(from[column] * gain + 0.5f, 0.0f), top)));
        }
    });
    return raw;
}

} // namespace fluoro

#include "field_kerma.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>

namespace fluoro {
namespace {

// Gauss-Legendre, eight points on [-1, 1].
constexpr std::array node{-0.9602898564975363, -0.7966664774136267, -0.5255324099163290, -0.1834346424956498,
                          0.1834346424956498,  0.5255324099163290,  0.7966664774136267,  0.9602898564975363};
constexpr std::array weight{0.1012285362903763, 0.2223810344533745, 0.3137066458778873, 0.3626837833783620,
                            0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};

template <class Function> double integral(double from, double to, Function function)
{
    double const middle = (from + to) / 2, half = (to - from) / 2;
    double sum = 0;
    for (std::size_t i = 0; i < node.size(); ++i) sum += weight[i] * function(middle + half * node[i]);
    return half * sum;
}

/// Energies of spectra: bin n stands at n + 0.5 keV.
constexpr int bins = 150;

/// Of a material in every bin, found once. Stays valid for good: a map's values never move and none is taken out.
std::vector<double> const& attenuation_cm2_g(MaterialId material)
{
    static std::mutex mutex;
    static std::map<MaterialId, std::vector<double>> known;
    std::lock_guard const lock{mutex};
    auto& values = known[material];
    if (values.empty())
        for (int bin = 0; bin < bins; ++bin) // xraylib begins at 1 keV, where no beam has a photon
            values.push_back(mass_attenuation_cm2_g(material, PhotonEnergy{std::max(bin, 1) + 0.5}));
    return values;
}

/// A quality's spectrum as the kerma of each energy, on the central ray.
struct KermaSpectrum {
    double per_mas_1m = 0;        ///< [mGy/mAs]
    std::vector<std::size_t> bin; ///< that carry kerma, ascending
    std::vector<double> share;    ///< of the kerma, one per bin; sums to 1
};

KermaSpectrum kerma_spectrum_of(BeamQuality const& quality)
{
    Spectrum const spectrum = filtered_spectrum(quality);
    KermaSpectrum kerma;
    kerma.per_mas_1m = air_kerma_mGy_per_mas_1m(spectrum);
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        double const photons = double(spectrum.fluence_per_mm2_kev_mas_1m[i]);
        double const energy = double(spectrum.energy_kev[i]);
        if (!(photons > 0)) continue;
        kerma.bin.push_back(std::size_t(energy));
        kerma.share.push_back(photons * energy * air_energy_absorption_cm2_g(PhotonEnergy{energy}));
    }
    double const sum = std::accumulate(kerma.share.begin(), kerma.share.end(), 0.0);
    for (double& share : kerma.share) share /= sum;
    return kerma;
}

/// Qualities kept before all are forgotten: a session meets some dozens.
constexpr std::size_t most_qualities = 1024;

std::shared_ptr<KermaSpectrum const> kerma_spectrum(BeamQuality const& quality)
{
    static std::mutex mutex;
    static std::map<BeamQuality, std::shared_ptr<KermaSpectrum const>> known;
    std::lock_guard const lock{mutex};
    if (auto const found = known.find(quality); found != known.end()) return found->second;
    auto made = std::make_shared<KermaSpectrum const>(kerma_spectrum_of(quality));
    if (known.size() >= most_qualities) known.clear();
    return known.emplace(quality, std::move(made)).first->second;
}

/// The wedges in the beam by material: masses of one material add up.
struct WedgeMaterial {
    std::vector<double> const* cm2_g = nullptr; ///< by bin
    std::vector<Wedge const*> wedges;
    double step_g_cm2 = 0;         ///< of a row's table, from nothing to the mass of all
    std::vector<double> step_pass; ///< transmission of one step, one per bin of the spectrum

    double mass_g_cm2(Vec2 at_mm) const
    {
        double sum = 0;
        for (auto const* wedge : wedges) sum += wedge->mass_thickness_g_cm2(at_mm);
        return sum;
    }
};

/// Places of a row's table of kerma over mass.
constexpr int table_steps = 16;

std::vector<WedgeMaterial> wedges_by_material(Scene const& scene, KermaSpectrum const& spectrum)
{
    std::map<MaterialId, WedgeMaterial> found;
    for (auto const& wedge : scene.wedges) {
        auto& same = found[wedge.material];
        same.cm2_g = &attenuation_cm2_g(wedge.material);
        same.wedges.push_back(&wedge);
        same.step_g_cm2 += wedge.full_g_cm2 / (table_steps - 1);
    }
    std::vector<WedgeMaterial> materials;
    for (auto& [id, same] : found) {
        for (auto const bin : spectrum.bin) same.step_pass.push_back(std::exp(-(*same.cm2_g)[bin] * same.step_g_cm2));
        materials.push_back(std::move(same));
    }
    return materials;
}

/// Kerma of one row of the field, all its points behind the same target, over the bare central ray's.
class Row {
public:
    Row(KermaSpectrum const& spectrum, double tungsten_g_cm2, std::vector<WedgeMaterial> const& wedges)
        : bin_{spectrum.bin}, share_(spectrum.share), wedges_{wedges}
    {
        static auto const& tungsten_cm2_g = attenuation_cm2_g(find_material("tungsten"));
        if (tungsten_g_cm2 != 0)
            for (std::size_t i = 0; i < share_.size(); ++i)
                share_[i] *= std::exp(-tungsten_cm2_g[bin_[i]] * tungsten_g_cm2);
        open_ = std::accumulate(share_.begin(), share_.end(), 0.0);
        if (wedges_.size() == 1) tabulate(wedges_.front());
    }

    double kerma(Vec2 at_mm) const
    {
        if (wedges_.empty()) return open_;
        if (wedges_.size() == 1) return behind(wedges_.front().mass_g_cm2(at_mm));
        double sum = 0;
        for (std::size_t i = 0; i < share_.size(); ++i) {
            double exponent = 0;
            for (auto const& wedge : wedges_) exponent += (*wedge.cm2_g)[bin_[i]] * wedge.mass_g_cm2(at_mm);
            sum += share_[i] * std::exp(-exponent);
        }
        return sum;
    }

private:
    /// Logarithm of the kerma behind even steps of the wedges' material.
    void tabulate(WedgeMaterial const& wedge)
    {
        std::vector<double> left = share_;
        for (double& value : log_kerma_) {
            value = std::log(std::accumulate(left.begin(), left.end(), 0.0));
            for (std::size_t i = 0; i < left.size(); ++i) left[i] *= wedge.step_pass[i];
        }
    }

    /// Cubic through the four neighbouring steps.
    double behind(double mass_g_cm2) const
    {
        double const step = wedges_.front().step_g_cm2;
        if (!(step > 0)) return open_;
        double const place = mass_g_cm2 / step;
        auto const first = std::size_t(std::clamp(std::floor(place) - 1, 0.0, double(table_steps - 4)));
        double const t = place - double(first);
        auto const* y = &log_kerma_[first];
        return std::exp(-y[0] * (t - 1) * (t - 2) * (t - 3) / 6 + y[1] * t * (t - 2) * (t - 3) / 2 -
                        y[2] * t * (t - 1) * (t - 3) / 2 + y[3] * t * (t - 1) * (t - 2) / 6);
    }

    std::vector<std::size_t> const& bin_;
    std::vector<double> share_;
    std::vector<WedgeMaterial> const& wedges_;
    double open_ = 1;
    std::array<double, table_steps> log_kerma_{};
};

/// Where a wedge begins and where it is full, along its direction [mm].
std::array<double, 2> bends_of(Wedge const& wedge)
{
    return {wedge.edge_mm, wedge.edge_mm + wedge.ramp_mm};
}

/// from, to and the places between them, ascending.
std::vector<double> ordered(std::vector<double> places, double from, double to)
{
    std::erase_if(places, [&](double place) { return !(place > from && place < to); });
    places.push_back(from);
    places.push_back(to);
    std::ranges::sort(places);
    return places;
}

/// Integral of D^2 / (D^2 + x^2 + y^2) over x alone: an arc tangent.
double even_stretch_mm(double from, double to, double y, double distance_mm)
{
    double const root = std::hypot(distance_mm, y);
    return distance_mm * distance_mm / root * (std::atan(to / root) - std::atan(from / root));
}

/// Along a row the wedges are even between the places where one begins or is full: there only a ramp needs points.
double along_row(Scene const& scene, Row const& row, double y)
{
    double const distance_mm = scene.view.source_to_detector_mm;
    std::vector<double> bends;
    for (auto const& wedge : scene.wedges)
        for (double const bend : bends_of(wedge))
            bends.push_back((bend - y * std::sin(wedge.angle_rad)) / std::cos(wedge.angle_rad));
    auto const places = ordered(std::move(bends), scene.blades.left_mm, scene.blades.right_mm);
    double sum = 0;
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
        double const from = places[i], to = places[i + 1];
        double const inset = (to - from) * 1e-9;
        bool const is_even = std::ranges::all_of(scene.wedges, [&](Wedge const& wedge) {
            double const near = wedge.mass_thickness_g_cm2({from + inset, y});
            return std::abs(near - wedge.mass_thickness_g_cm2({to - inset, y})) < 1e-12 * wedge.full_g_cm2;
        });
        if (is_even)
            sum += row.kerma({(from + to) / 2, y}) * even_stretch_mm(from, to, y, distance_mm);
        else
            sum += integral(from, to, [&](double x) {
                double const square = distance_mm * distance_mm;
                return row.kerma({x, y}) * square / (square + x * x + y * y);
            });
    }
    return sum;
}

double computed_area_mm2(Scene const& scene)
{
    auto const& blades = scene.blades;
    auto const& quality = scene.exposure.quality;
    if (!(blades.width_mm() > 0 && blades.height_mm() > 0)) return 0;
    auto const spectrum = kerma_spectrum(quality);
    auto const wedges = wedges_by_material(scene, *spectrum);
    auto const row_at = [&](double y) {
        double const toward_cathode = -scene.tube.anode_along_rows * y / scene.view.source_to_detector_mm;
        double const tungsten =
            toward_cathode == 0 ? 0 : heel_tungsten_g_cm2(scene.tube, quality.voltage, toward_cathode);
        return along_row(scene, Row{*spectrum, tungsten, wedges}, y);
    };
    // A row's kerma bends where a wedge's edge crosses the sides of the opening.
    std::vector<double> bends{(blades.top_mm + blades.bottom_mm) / 2};
    for (auto const& wedge : scene.wedges)
        for (double const bend : bends_of(wedge))
            for (double const x : {blades.left_mm, blades.right_mm})
                bends.push_back((bend - x * std::cos(wedge.angle_rad)) / std::sin(wedge.angle_rad));
    auto const places = ordered(std::move(bends), blades.top_mm, blades.bottom_mm);
    double sum = 0;
    for (std::size_t i = 0; i + 1 < places.size(); ++i) sum += integral(places[i], places[i + 1], row_at);
    return sum;
}

/// All that the area depends on.
std::vector<double> inputs_of(Scene const& scene)
{
    auto const& quality = scene.exposure.quality;
    auto const& blades = scene.blades;
    std::vector<double> inputs{quality.voltage.value(),
                               quality.added_copper.value(),
                               quality.added_aluminium.value(),
                               scene.tube.anode_angle_deg,
                               scene.tube.anode_along_rows,
                               scene.view.source_to_detector_mm,
                               blades.left_mm,
                               blades.right_mm,
                               blades.top_mm,
                               blades.bottom_mm};
    for (auto const& wedge : scene.wedges)
        inputs.insert(inputs.end(),
                      {wedge.angle_rad, wedge.edge_mm, wedge.ramp_mm, wedge.full_g_cm2, double(int(wedge.material))});
    return inputs;
}

} // namespace

double kerma_per_mas_1m(BeamQuality const& quality)
{
    return kerma_spectrum(quality)->per_mas_1m;
}

std::vector<Layer> wedges_on_the_axis(Scene const& scene)
{
    std::vector<Layer> layers;
    for (auto const& wedge : scene.wedges)
        if (double const mass = wedge.mass_thickness_g_cm2({0, 0}); mass > 0) layers.push_back({wedge.material, mass});
    return layers;
}

double axis_transmission(Scene const& scene)
{
    auto const layers = wedges_on_the_axis(scene);
    if (layers.empty()) return 1;
    auto const spectrum = kerma_spectrum(scene.exposure.quality);
    double sum = 0;
    for (std::size_t i = 0; i < spectrum->share.size(); ++i) {
        double exponent = 0;
        for (auto const& layer : layers)
            exponent += attenuation_cm2_g(layer.material)[spectrum->bin[i]] * layer.mass_thickness_g_cm2;
        sum += spectrum->share[i] * std::exp(-exponent);
    }
    return sum;
}

double weighted_area_mm2(Scene const& scene)
{
    // From pulse to pulse little changes: the last answer is often this one.
    thread_local std::vector<double> last_inputs;
    thread_local double last_area = 0;
    if (auto inputs = inputs_of(scene); inputs != last_inputs) {
        last_area = computed_area_mm2(scene);
        last_inputs = std::move(inputs);
    }
    return last_area;
}

} // namespace fluoro

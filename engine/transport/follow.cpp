#include "scattering.hpp"

#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/transport/transport.hpp>
#include <mutex>
#include <optional>

namespace fluoro {
namespace {

/// Forced flights are dealt denser places than the medium needs, so that a homogeneous body does not make their
/// transmission a yes or no.
constexpr float forced_thickening = 2;

/// A photon on its way.
struct Photon {
    glm::vec3 place, along;
    float energy_kev;
    float weight;
    bool has_scattered = false;
};

/// Follows histories and keeps what they leave.
class Follower {
public:
    Follower(TransportTables const& tables, TransportTallies& tallies)
        : t_{tables}, p_{tables.params}, medium_{tables}, tallies_{tallies}, normal_{glm::vec3{p_.to_plane} /
                                                                                     p_.to_plane.w},
          bins_{std::size_t(p_.bins_x) * p_.bins_y}, bins_per_mm_{float(p_.bins_x) / (2 * p_.detector_half_column_mm),
                                                                  float(p_.bins_y) / (2 * p_.detector_half_row_mm)}
    {
    }

    void follow(std::uint64_t seed, std::uint64_t history)
    {
        auto const words = philox({std::uint32_t(history), std::uint32_t(history >> 32), 0, shared::transport_stream},
                                  {std::uint32_t(seed), std::uint32_t(seed >> 32)});
        random_.state = {words[0], words[1], words[2], words[3]};
        batch_ = std::size_t(history % p_.batches);
        auto const photon = emit();
        if (!photon) return;
        tallies_.totals[shared::total_emitted] += units(photon->energy_kev, photon->weight);
        ++tallies_.totals[shared::total_photons];
        carry(*photon);
        while (!waiting_.empty()) {
            Photon const next = waiting_.back();
            waiting_.pop_back();
            carry(next);
        }
    }

private:
    static std::int64_t units(float energy_kev, float weight)
    {
        return std::int64_t(weight * energy_kev * shared::energy_units_per_kev + 0.5f);
    }

    /// A photon as it leaves the blades; nothing where heel, wedges or the fall-off toward the edge took it. What they
    /// take is taken whole (Russian roulette), so that photons keep weight 1 but where the heel adds some.
    std::optional<Photon> emit()
    {
        float const drawn = random_.next() * float(p_.source_lines);
        auto index = std::min(std::uint32_t(drawn), p_.source_lines - 1);
        if (drawn - float(index) > t_.lines[index].keep) index = t_.lines[index].alias;
        auto const& line = t_.lines[index];

        float const x = p_.column.w + random_.next() * (p_.row.w - p_.column.w);
        float const y = p_.opening_top + random_.next() * (p_.opening_bottom - p_.opening_top);
        glm::vec3 const column{p_.column}, row{p_.row};
        glm::vec3 const to_place = glm::vec3{p_.to_plane} + x * column + y * row;
        float const distance = glm::length(to_place);
        float const cosine = p_.to_plane.w / distance;
        float weight = cosine * cosine * cosine;
        if (p_.follows_heel_and_wedges)
            weight *= std::exp(-line.heel_cm2_g * heel_at(p_.heel_along_row * y / p_.to_plane.w) -
                               line.wedge_a_cm2_g * wedge_at(p_.wedge_a, p_.wedge_a_g_cm2, x, y) -
                               line.wedge_b_cm2_g * wedge_at(p_.wedge_b, p_.wedge_b_g_cm2, x, y));
        if (random_.next() >= weight) return {};

        glm::vec3 place{p_.source};
        glm::vec3 along = to_place / distance;
        if (p_.source.w > 0) {
            float const right = p_.source.w * (random_.next() - 0.5f), down = p_.source.w * (random_.next() - 0.5f);
            glm::vec3 const through = place + p_.blades_share * to_place;
            place += right * column + down * row;
            along = glm::normalize(through - place);
        }
        return Photon{place, along, line.energy_kev, std::max(1.0f, weight), false};
    }

    float heel_at(float tangent) const
    {
        if (p_.heel_along_row == 0) return 0;
        float const at = std::clamp((tangent / shared::heel_reach + 1) * 0.5f * float(shared::heel_nodes - 1), 0.0f,
                                    float(shared::heel_nodes - 1) - 0.001f);
        auto const node = std::size_t(at);
        return t_.heel[node] + (at - float(node)) * (t_.heel[node + 1] - t_.heel[node]);
    }
    static float wedge_at(glm::vec4 const& wedge, float full_g_cm2, float x, float y)
    {
        if (full_g_cm2 == 0) return 0;
        float const into = wedge.x * x + wedge.y * y - wedge.z;
        return full_g_cm2 * std::clamp(into / wedge.w, 0.0f, 1.0f);
    }

    void carry(Photon photon)
    {
        auto left = units(photon.energy_kev, photon.weight);
        for (;;) {
            auto const at = place_of(photon.energy_kev);
            int code = Medium::vacuum;
            float attenuation = 0;
            float const to_detector = way_to_detector(photon);
            float const way = medium_.fly(photon.place, photon.along, to_detector, at, random_, 1,
                                          [&](glm::vec3 const& place, float majorant) {
                                              code = medium_.code_at(place);
                                              if (code == Medium::vacuum) return false;
                                              attenuation = medium_.total_per_mm(code, at);
                                              return random_.next() * majorant < attenuation;
                                          });
            if (way < 0) {
                if (to_detector < beyond && (!photon.has_scattered || p_.scoring == shared::scoring_analogue))
                    score(photon.has_scattered, photon.place + to_detector * photon.along, photon.along,
                          photon.energy_kev, at, photon.weight);
                tallies_.totals[shared::total_escaped] += left;
                return;
            }
            photon.place += way * photon.along;
            ++tallies_.totals[shared::total_collisions];
            if (p_.wanted_nodes_per_mm > 0) {
                split(photon, at, code, attenuation);
                return;
            }
            collide_and_deposit(photon, at, code, attenuation);
            left = units(photon.energy_kev, photon.weight);
            if (left == 0) return;
        }
    }

    void collide_and_deposit(Photon& photon, EnergyPlace at, int code, float attenuation)
    {
        auto const before = units(photon.energy_kev, photon.weight);
        collide(photon, at, code, attenuation);
        if (photon.energy_kev < p_.cutoff_kev) photon.energy_kev = 0;
        deposit(photon.place, before - units(photon.energy_kev, photon.weight));
    }

    /// A colliding photon goes on as several or, by chance, not at all, so that weights stay near the wanted ones.
    void split(Photon photon, EnergyPlace at, int code, float attenuation)
    {
        float const along_axis = glm::dot(photon.place - glm::vec3{p_.source}, normal_);
        float const node = std::clamp((along_axis - p_.wanted_start_mm) * p_.wanted_nodes_per_mm, 0.0f,
                                      float(shared::wanted_nodes) - 1.001f);
        auto const low = std::size_t(node);
        float const wanted = t_.wanted[low] + (node - float(low)) * (t_.wanted[low + 1] - t_.wanted[low]);
        float const ratio = photon.weight / wanted;
        int copies = 1;
        if (ratio >= 2 || ratio < 0.5f) {
            copies = int(ratio + random_.next());
            photon.weight = wanted;
        }
        for (int i = 0; i < copies; ++i) {
            Photon copy = photon;
            collide_and_deposit(copy, at, code, attenuation);
            if (copy.energy_kev > 0) waiting_.push_back(copy);
        }
    }

    /// Changes energy and direction; energy 0 where the photon is absorbed.
    void collide(Photon& photon, EnergyPlace at, int code, float attenuation)
    {
        auto const& c = t_.codes[std::size_t(code)];
        auto const a = medium_.energy_row(c.material_a, at);
        auto const b = c.density_b_g_cm3 != 0 ? medium_.energy_row(c.material_b, at) : glm::vec4{0};
        float const incoherent = std::max(0.0f, c.density_a_g_cm3 * a.y + c.density_b_g_cm3 * b.y);
        float const coherent = std::max(0.0f, c.density_a_g_cm3 * a.z + c.density_b_g_cm3 * b.z);
        float const drawn = random_.next() * attenuation;
        if (drawn >= incoherent + coherent) {
            photon.energy_kev = 0;
            return;
        }
        bool const is_compton = drawn < incoherent;
        float const of_a = std::max(0.0f, c.density_a_g_cm3 * (is_compton ? a.y : a.z));
        float const of_b = std::max(0.0f, c.density_b_g_cm3 * (is_compton ? b.y : b.z));
        auto const material = of_b > 0 && random_.next() * (of_a + of_b) >= of_a ? c.material_b : c.material_a;
        auto const process = is_compton ? Process::incoherent : Process::coherent;
        if (p_.scoring == shared::scoring_forced && p_.has_detector) force(photon, at, process, material);
        float const cosine = is_compton ? draw_incoherent_cosine(medium_, t_, material, photon.energy_kev, at, random_)
                                        : draw_coherent_cosine(medium_, t_, material, photon.energy_kev, at, random_);
        photon.along = turned(photon.along, cosine, random_);
        if (is_compton) photon.energy_kev = shared::compton_energy(photon.energy_kev, cosine);
        photon.has_scattered = true;
    }

    /// What this scattering sends to a random place of the detector, on average.
    void force(Photon const& photon, EnergyPlace at, Process process, std::uint32_t material)
    {
        float const x = p_.detector_half_column_mm * (2 * random_.next() - 1);
        float const y = p_.detector_half_row_mm * (2 * random_.next() - 1);
        glm::vec3 const foot = glm::vec3{p_.source} + glm::vec3{p_.to_plane};
        glm::vec3 const target = foot + x * glm::vec3{p_.column} + y * glm::vec3{p_.row};
        glm::vec3 const way = target - photon.place;
        float const length = glm::length(way);
        glm::vec3 const along = way / length;
        float const facing = glm::dot(along, normal_);
        if (facing <= 1e-4f) return;
        float const cosine = std::clamp(glm::dot(photon.along, along), -1.0f, 1.0f);
        float const area = 4 * p_.detector_half_column_mm * p_.detector_half_row_mm;
        float weight = photon.weight * cosine_density(medium_, t_, process, material, photon.energy_kev, at, cosine) *
                       area * facing / (2 * std::numbers::pi_v<float> * length * length);
        float const energy =
            process == Process::incoherent ? shared::compton_energy(photon.energy_kev, cosine) : photon.energy_kev;
        if (energy < p_.cutoff_kev) return;
        auto const place = place_of(energy);
        medium_.fly(photon.place, along, length, place, random_, forced_thickening,
                    [&](glm::vec3 const& where, float majorant) {
                        int const code = medium_.code_at(where);
                        if (code != Medium::vacuum) weight *= 1 - medium_.total_per_mm(code, place) / majorant;
                        return false;
                    });
        score(true, target, along, energy, place, weight);
    }

    static constexpr float beyond = 1e9f;

    /// Way to the detector's face, or `beyond` where the photon flies past it.
    float way_to_detector(Photon const& photon) const
    {
        if (!p_.has_detector) return beyond;
        float const facing = glm::dot(photon.along, normal_);
        if (facing <= 1e-4f) return beyond;
        glm::vec3 const foot = glm::vec3{p_.source} + glm::vec3{p_.to_plane};
        float const way = glm::dot(foot - photon.place, normal_) / facing;
        if (way <= 0) return beyond;
        glm::vec3 const off = photon.place + way * photon.along - foot;
        bool const hits = std::abs(glm::dot(off, glm::vec3{p_.column})) <= p_.detector_half_column_mm &&
                          std::abs(glm::dot(off, glm::vec3{p_.row})) <= p_.detector_half_row_mm;
        return hits ? way : beyond;
    }

    void score(bool is_scatter, glm::vec3 const& place, glm::vec3 const& along, float energy_kev, EnergyPlace at,
               float weight)
    {
        glm::vec3 const off = place - glm::vec3{p_.source} - glm::vec3{p_.to_plane};
        float const x = glm::dot(off, glm::vec3{p_.column}), y = glm::dot(off, glm::vec3{p_.row});
        float const facing = glm::dot(along, normal_);
        float const depth = t_.response[at.node] + at.share * (t_.response[at.node + 1] - t_.response[at.node]);
        float passed = weight * (1 - std::exp(-depth / facing));
        if (p_.has_grid) {
            float const across = glm::dot(along, glm::vec3{p_.column}) / facing;
            float const line = x / p_.grid_focus_mm;
            passed *= grid_share(energy_kev, (across - line) / (1 + across * line),
                                 glm::dot(along, glm::vec3{p_.row}) / facing);
        }
        auto const column = std::clamp(int((x + p_.detector_half_column_mm) * bins_per_mm_.x), 0, int(p_.bins_x) - 1);
        auto const row = std::clamp(int((y + p_.detector_half_row_mm) * bins_per_mm_.y), 0, int(p_.bins_y) - 1);
        auto const bin = std::size_t(row) * p_.bins_x + std::size_t(column);
        auto const add = [&](std::uint32_t plane, double amount) {
            tallies_.detector[(plane * std::size_t(p_.batches) + batch_) * bins_ + bin] += std::int64_t(amount + 0.5);
        };
        double const energy = double(passed) * double(energy_kev);
        if (is_scatter) {
            add(shared::plane_scatter, energy * double(shared::detector_units_per_kev));
            add(shared::plane_scatter_second, energy * double(energy_kev) * double(shared::detector_units_per_kev2));
        } else
            add(shared::plane_primary, energy * double(shared::detector_units_per_kev));
    }

    float grid_share(float energy_kev, float across, float along) const
    {
        auto const place = [](float node, std::uint32_t nodes) {
            return std::clamp(node, 0.0f, float(nodes) - 1.001f);
        };
        auto const squeezed = [](float tangent, float scale) {
            return std::abs(tangent) / (std::abs(tangent) + scale);
        };
        using namespace shared;
        float const e = place((energy_kev - grid_lowest_kev) / grid_energy_step_kev, grid_energy_nodes);
        float const a = place(squeezed(along, grid_along_scale) * float(grid_along_nodes), grid_along_nodes);
        float const c = place(squeezed(across, grid_across_scale) * float(grid_across_nodes), grid_across_nodes);
        auto const row = [&](std::size_t energy, std::size_t along_node) {
            auto const* node = &t_.grid[(energy * grid_along_nodes + along_node) * grid_across_nodes + std::size_t(c)];
            return node[0] + (c - std::floor(c)) * (node[1] - node[0]);
        };
        auto const plane = [&](std::size_t energy) {
            float const low = row(energy, std::size_t(a)), high = row(energy, std::size_t(a) + 1);
            return low + (a - std::floor(a)) * (high - low);
        };
        float const low = plane(std::size_t(e)), high = plane(std::size_t(e) + 1);
        return low + (e - std::floor(e)) * (high - low);
    }

    void deposit(glm::vec3 const& place, std::int64_t amount)
    {
        if (amount == 0) return;
        tallies_.totals[shared::total_absorbed] += amount;
        for (std::uint32_t i = 0; i < p_.tally_boxes; ++i) {
            auto const& box = t_.tally_boxes[i];
            if (glm::all(glm::greaterThanEqual(place, glm::vec3{box.low})) &&
                glm::all(glm::lessThan(place, glm::vec3{box.high})))
                tallies_.deposits[i] += amount;
        }
        if (p_.regions > 0 && medium_.shape_at(place) == Medium::vacuum) {
            auto const voxel = medium_.voxel_at(place);
            if (voxel != Medium::no_voxel) tallies_.deposits[p_.tally_boxes + t_.regions[voxel]] += amount;
        }
    }

    TransportTables const& t_;
    shared::TransportParams const& p_;
    Medium medium_;
    TransportTallies& tallies_;
    glm::vec3 normal_;
    std::size_t bins_;
    glm::vec2 bins_per_mm_;
    HistoryRandom random_{};
    std::size_t batch_ = 0;
    std::vector<Photon> waiting_; ///< split off, still to be followed
};

} // namespace

TransportTallies::TransportTallies(TransportTables const& tables)
    : deposits(tables.params.tally_boxes + tables.params.regions),
      detector(tables.params.has_detector ? std::size_t(shared::plane_count) * tables.params.batches *
                                                tables.params.bins_x * tables.params.bins_y
                                          : 0)
{
}

void TransportTallies::add(TransportTallies const& other)
{
    FLUORO_EXPECT(deposits.size() == other.deposits.size() && detector.size() == other.detector.size());
    auto const sum = [](auto& to, auto const& from) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
    };
    sum(totals, other.totals);
    sum(deposits, other.deposits);
    sum(detector, other.detector);
    histories += other.histories;
}

TransportTallies follow_on_one_thread(TransportTables const& tables, std::uint64_t seed, std::uint64_t first,
                                      std::uint64_t count)
{
    TransportTallies tallies{tables};
    Follower follower{tables, tallies};
    for (std::uint64_t history = first; history < first + count; ++history) follower.follow(seed, history);
    tallies.histories = count;
    return tallies;
}

TransportTallies follow(TransportTables const& tables, std::uint64_t seed, std::uint64_t first, std::uint64_t count)
{
    TransportTallies sum{tables};
    std::mutex one_at_a_time;
    constexpr int parts = 1024; // fine enough to share evenly among any cores
    parallel_for(parts, [&](int from, int to) {
        auto const start = first + count * std::uint64_t(from) / parts;
        auto const end = first + count * std::uint64_t(to) / parts;
        auto const part = follow_on_one_thread(tables, seed, start, end - start);
        std::lock_guard const lock{one_at_a_time};
        sum.add(part);
    });
    return sum;
}

} // namespace fluoro

#include "heart_place.hpp"

#include "heart_blood.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace fluoro {

namespace {

constexpr float bright_hu = 130, lung_hu = -300;
constexpr double step_mm = 4, most_mm = 28; ///< of the search
constexpr double least_bright = 0.5;        ///< of the chambers' inside, where the heart is then
constexpr double spread_mm = 4;             ///< of the pairs

/// Cubes of the fitted heart; one in eight is enough.
struct Sample {
    Vec3 place{0};
    bool is_blood = false;
};

struct Placing {
    Vec3 shift{0};
    double scale = 1, score = -1e9, bright = 0;
};

Placing judged(std::vector<Sample> const& samples, WorkVolume const& work, Vec3 const& centre, Placing placing)
{
    double score = 0, blood = 0, bright = 0, seen = 0;
    for (Sample const& s : samples) {
        glm::ivec3 const at = work.lattice.nearest(centre + placing.scale * (s.place - centre) + placing.shift);
        if (!work.lattice.holds(at)) continue;
        std::size_t const i = work.lattice.index(at);
        if (work.is_seen[i] == 0) continue;
        seen += 1;
        float const hu = work.hu[i];
        if (hu < lung_hu)
            score -= 1;
        else if (s.is_blood)
            score += hu > bright_hu ? 1 : hu < -30 ? -0.5 : 0;
        else
            score += hu > bright_hu ? -0.7 : 0;
        if (s.is_blood) blood += 1, bright += hu > bright_hu;
    }
    if (seen < 0.7 * double(samples.size()) || blood == 0) return placing;
    double const far = glm::length(placing.shift) / 30, unusual = (placing.scale - 1) / 0.2;
    placing.score = score / seen - 0.05 * (far * far + unusual * unusual);
    placing.bright = bright / blood;
    return placing;
}

} // namespace

std::vector<Correspondence> heart_pairs(Findings const& found, Anatomy const& anatomy, Warp const& first,
                                        std::vector<std::string>& notes)
{
    if (!found.aorta || found.aorta->mean_hu < bright_hu) return {};
    Lattice const& lattice = found.work.lattice;
    Lattice coarse = lattice;
    coarse.spacing_mm = step_mm;
    coarse.size = glm::ivec3{Vec3{lattice.size} * lattice.spacing_mm / step_mm};
    FittedHeart const heart = fitted_heart(coarse, anatomy, first);
    std::vector<Sample> samples;
    Vec3 centre{0};
    for (std::size_t i = 0; i < heart.chamber.size(); ++i) {
        if (heart.outside_mm[i] > -2) continue;
        samples.push_back({coarse.position(coarse.cell(i)), heart.chamber_mm[i] < 0});
        centre += samples.back().place;
    }
    if (samples.size() < 1000) return {};
    centre /= double(samples.size());
    Placing best = judged(samples, found.work, centre, {});
    double const before = best.bright;
    // Over all places first, in strides of 8 mm; then about the best one.
    for (double const stride : {2 * step_mm, step_mm, step_mm / 2}) {
        Placing const middle = best;
        double const reach = stride > step_mm ? most_mm : stride;
        for (double x = -reach; x <= reach; x += stride)
            for (double y = -reach; y <= reach; y += stride)
                for (double z = -reach; z <= reach; z += stride)
                    for (double const size : {0.7, 0.8, 0.9, 1.0, 1.1, 1.2}) {
                        Placing const here = judged(samples, found.work, centre, {middle.shift + Vec3{x, y, z}, size});
                        if (here.score > best.score) best = here;
                    }
    }
    if (best.bright < least_bright) return {};
    char line[160];
    std::snprintf(line, sizeof line,
                  "heart: moved by %.0f, %.0f, %.0f mm and sized %.1f onto the CT's bright blood (%.0f %% of its "
                  "chambers, %.0f %% before)",
                  best.shift.x, best.shift.y, best.shift.z, best.scale, 100 * best.bright, 100 * before);
    notes.emplace_back(line);
    std::vector<Correspondence> pairs;
    for (char const* name : {"heart-centre", "heart-apex", "mitral-valve", "tricuspid-valve"})
        if (auto const mark = anatomy.lumens.landmarks.find(name); mark != anatomy.lumens.landmarks.end()) {
            Vec3 const there = first.patient_from_model(mark->second);
            pairs.push_back({{name, mark->second, centre + best.scale * (there - centre) + best.shift, spread_mm},
                             LandmarkSource::found});
        }
    // Its sides: the outermost cubes of the sac.
    struct Side {
        char const* name;
        Vec3 out;
    };
    for (Side const& side : {Side{"heart-left", {1, 0, 0}},
                             {"heart-right", {-1, 0, 0}},
                             {"heart-front", {0, -1, 0}},
                             {"heart-back", {0, 1, 0}},
                             {"heart-floor", {0, 0, -1}}}) {
        auto const outermost =
            std::ranges::max_element(samples, {}, [&](Sample const& s) { return glm::dot(s.place, side.out); });
        pairs.push_back({{side.name, first.model_from_patient(outermost->place),
                          centre + best.scale * (outermost->place - centre) + best.shift, spread_mm},
                         LandmarkSource::found});
    }
    return pairs;
}

} // namespace fluoro

#include <fluoro/body/contrast_picture.hpp>

#include "blush.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <numbers>
#include <numeric>

namespace fluoro {

namespace {

constexpr float least_share = 2e-4f; // 0.07 mg of iodine per mL
constexpr double blood_hu = 40;
constexpr int label_left_ventricle = 1050; // of the label map (engine/anatomy/plan/labels.cpp)

/// The patient's CT as a box along the patient's axes.
FieldGrid box_of(Grid const& grid, double spacing_mm)
{
    Mat4 const patient_from_index = grid.patient_from_index();
    Vec3 low{std::numeric_limits<double>::max()}, high{-std::numeric_limits<double>::max()};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const at =
            map_point(patient_from_index, {corner & 1 ? grid.size.x - 1 : 0, corner & 2 ? grid.size.y - 1 : 0,
                                           corner & 4 ? grid.size.z - 1 : 0});
        low = glm::min(low, at);
        high = glm::max(high, at);
    }
    return {low, spacing_mm, glm::ivec3{glm::floor((high - low) / spacing_mm)} + 1};
}

/// HU of the CT's nearest voxel; `outside` beyond it.
double hu_at(Patient const& patient, Mat4 const& index_from_patient, Vec3 const& p, double outside)
{
    glm::ivec3 const at{glm::round(map_point(index_from_patient, p))};
    glm::ivec3 const& n = patient.ct.grid.size;
    if (at.x < 0 || at.y < 0 || at.z < 0 || at.x >= n.x || at.y >= n.y || at.z >= n.z) return outside;
    return patient.ct
        .hu[(std::size_t(at.z) * std::size_t(n.y) + std::size_t(at.y)) * std::size_t(n.x) + std::size_t(at.x)];
}

/// Where every place lies in its vessel's section, about the middle of those of its slot.
void find_off(ContentPlaces& places)
{
    places.off_mm.resize(places.at_mm.size());
    places.reach_mm.assign(places.first.size() - 1, 0.0f);
    for (std::size_t slot = 0; slot + 1 < places.first.size(); ++slot) {
        std::size_t const first = places.first[slot], end = places.first[slot + 1];
        Vec3 sum{0};
        double volume = 0;
        for (std::size_t i = first; i < end; ++i) {
            sum += double(places.volume_mm3[i]) * Vec3{places.at_mm[i]};
            volume += double(places.volume_mm3[i]);
        }
        for (std::size_t i = first; i < end; ++i) {
            places.off_mm[i] = glm::vec3{Vec3{places.at_mm[i]} - sum / volume};
            places.reach_mm[slot] = std::max(places.reach_mm[slot], glm::length(places.off_mm[i]));
        }
    }
}

} // namespace

struct ContrastPicture::Impl {
    /// A run of cells of one edge that are drawn as a tube: pieces, with the points and radii of their ends.
    struct ThinRun {
        std::vector<int> cell; ///< of every piece
        std::vector<Vec3> ends_mm;
        std::vector<double> radii_mm;
    };
    std::vector<ThinRun> thin;
    std::shared_ptr<ContentPlaces const> wide; ///< null: no such place
    std::vector<Blush> blush;
    /// A run of cells that is a chamber's cavity, or a part of it.
    struct Cavity {
        std::size_t chamber, first_cell, cells;
    };
    std::vector<Cavity> cavities;
    std::array<double, chamber_count> rest_ml{}; ///< of the chambers' places
    std::size_t cells = 0, beds = 0;
    std::vector<float> radius_mm; ///< of every cell
    BasisDensities blood;

    void add_thin(LumenEdge const& edge, int first_cell, int count, std::span<bool const> is_thin);
    void add_wide(LumenGraph const& vessels, LumenCells const& cells, Patient const& patient, double spacing_mm,
                  std::span<bool const> is_thin);
    void add_cavities(LumenGraph const& vessels, LumenCells const& cells);
    void fill_chambers(std::array<double, chamber_count> const& chamber_ml, std::vector<float>& share) const;
    void draw(ThinRun const& run, std::span<float const> share, std::span<float const> room,
              std::vector<ContentTube>& tubes) const;
};

void ContrastPicture::Impl::add_thin(LumenEdge const& edge, int first_cell, int count, std::span<bool const> is_thin)
{
    std::vector<double> along{0};
    for (std::size_t i = 1; i < edge.points_mm.size(); ++i)
        along.push_back(along.back() + glm::length(edge.points_mm[i] - edge.points_mm[i - 1]));
    struct Spot {
        Vec3 at_mm;
        double radius_mm;
    };
    auto const spot = [&](double s) {
        auto const right = std::clamp<std::ptrdiff_t>(std::ranges::upper_bound(along, s) - along.begin(), 1,
                                                      std::ptrdiff_t(along.size()) - 1);
        auto const b = std::size_t(right), a = b - 1;
        double const share = std::clamp((s - along[a]) / std::max(1e-12, along[b] - along[a]), 0.0, 1.0);
        return Spot{glm::mix(edge.points_mm[a], edge.points_mm[b], share),
                    std::lerp(edge.radii_mm[a], edge.radii_mm[b], share)};
    };
    // A cell in which the vessel narrows or widens otherwise than evenly is drawn in so many pieces.
    constexpr int parts = 4;
    constexpr double uneven = 0.02; // of the radius
    bool is_open = false;
    for (int cell = 0; cell < count; ++cell) {
        if (!is_thin[std::size_t(first_cell + cell)]) {
            is_open = false;
            continue;
        }
        std::array<Spot, parts + 1> spots;
        for (int k = 0; k <= parts; ++k)
            spots[std::size_t(k)] = spot((cell + double(k) / parts) / count * along.back());
        bool is_even = true;
        for (int k = 1; k < parts; ++k) {
            double const radius = spots[std::size_t(k)].radius_mm;
            double const even = std::lerp(spots.front().radius_mm, spots.back().radius_mm, double(k) / parts);
            is_even = is_even && std::abs(radius - even) <= uneven * radius;
        }
        if (!is_open) thin.push_back({{}, {spots.front().at_mm}, {spots.front().radius_mm}});
        is_open = true;
        for (int k = is_even ? parts : 1; k <= parts; ++k) {
            thin.back().cell.push_back(first_cell + cell);
            thin.back().ends_mm.push_back(spots[std::size_t(k)].at_mm);
            thin.back().radii_mm.push_back(spots[std::size_t(k)].radius_mm);
        }
    }
}

void ContrastPicture::Impl::add_wide(LumenGraph const& vessels, LumenCells const& lumen_cells, Patient const& patient,
                                     double spacing_mm, std::span<bool const> is_thin)
{
    blood = basis_densities(blood_hu);
    auto const index = index_lumens(vessels, lumen_cells, patient, box_of(patient.ct.grid, spacing_mm));
    Mat4 const index_from_patient = patient.ct.grid.index_from_patient();
    std::vector<SlottedPlace> places;
    double hu = 0, whole = 0;
    constexpr int side = Bricks<std::uint32_t>::side;
    for (std::size_t brick = 0; brick < index.table.size(); ++brick) {
        if (index.table[brick] == Bricks<std::uint32_t>::none) continue;
        auto const row = std::size_t(index.count.x), plane = row * std::size_t(index.count.y);
        glm::ivec3 const first = glm::ivec3{brick % row, brick % plane / row, brick / plane} * side;
        std::uint32_t const* const words =
            index.pool.data() + std::size_t(index.table[brick]) * Bricks<std::uint32_t>::voxels;
        for (int v = 0; v < int(Bricks<std::uint32_t>::voxels); ++v) {
            LumenWord const word = unpacked(words[v]);
            glm::ivec3 const voxel = first + glm::ivec3{v % side, v / side % side, v / (side * side)};
            if (word.cell < 0 || is_thin[std::size_t(word.cell)] ||
                glm::any(glm::greaterThanEqual(voxel, index.grid.size)))
                continue;
            Vec3 const at = index.grid.at(voxel);
            places.push_back({std::uint32_t(word.cell * LumenWord::lanes + word.lane), glm::vec3{at},
                              float(word.share * spacing_mm * spacing_mm * spacing_mm)});
            if (word.share < 1) continue;
            hu += hu_at(patient, index_from_patient, at, blood_hu);
            ++whole;
        }
    }
    if (places.empty()) return;
    double const mean_hu = whole > 0 ? hu / whole : blood_hu;
    blood = basis_densities(mean_hu);
    auto sorted = sorted_places(places, cells * LumenWord::lanes, spacing_mm, mean_hu);
    find_off(*sorted);
    wide = std::move(sorted);
}

void ContrastPicture::Impl::add_cavities(LumenGraph const& vessels, LumenCells const& lumen_cells)
{
    if (!wide) return;
    for (std::size_t e = 0; e < vessels.edges.size(); ++e) {
        LumenEdge const& edge = vessels.edges[e];
        int const chamber = edge.label - label_left_ventricle; // labels in the order of Chamber
        if (edge.wall != WallClass::chamber || chamber < 0 || chamber >= chamber_count) continue;
        auto const first = std::size_t(lumen_cells.first[e]), end = std::size_t(lumen_cells.first[e + 1]);
        cavities.push_back({std::size_t(chamber), first, end - first});
        for (std::size_t i = wide->first[first * LumenWord::lanes]; i < wide->first[end * LumenWord::lanes]; ++i)
            rest_ml[std::size_t(chamber)] += double(wide->volume_mm3[i]) / 1000;
    }
}

void ContrastPicture::Impl::fill_chambers(std::array<double, chamber_count> const& chamber_ml,
                                          std::vector<float>& share) const
{
    for (Cavity const& cavity : cavities) {
        double const rest = rest_ml[cavity.chamber];
        if (rest <= 0) continue;
        auto const factor = float(chamber_ml[cavity.chamber] / rest);
        for (std::size_t slot = cavity.first_cell * LumenWord::lanes;
             slot < (cavity.first_cell + cavity.cells) * LumenWord::lanes; ++slot)
            share[slot] = std::min(1.0f, share[slot] * factor);
    }
}

void ContrastPicture::Impl::draw(ThinRun const& run, std::span<float const> share, std::span<float const> room,
                                 std::vector<ContentTube>& tubes) const
{
    std::size_t const count = run.cell.size();
    auto const room_of = [&](std::size_t i) { return room.empty() ? 1.0 : double(room[std::size_t(run.cell[i])]); };
    // Between two cells the tube is as wide as the wider: what that adds to a narrow one thins out its medium.
    auto const radius_at = [&](std::size_t end) {
        double const before = room_of(end > 0 ? end - 1 : 0), behind = room_of(std::min(end, count - 1));
        return before == 1 && behind == 1 ? run.radii_mm[end] : run.radii_mm[end] * std::sqrt(std::max(before, behind));
    };
    bool is_open = false;
    for (std::size_t i = 0; i < count; ++i) {
        float const* const lanes = share.data() + std::size_t(run.cell[i]) * LumenWord::lanes;
        float mean = std::accumulate(lanes, lanes + LumenWord::lanes, 0.0f) / LumenWord::lanes;
        if (mean < least_share) {
            is_open = false;
            continue;
        }
        double const from = radius_at(i), to = radius_at(i + 1);
        if (double const now = room_of(i); now != 1 || from != run.radii_mm[i] || to != run.radii_mm[i + 1]) {
            auto const cone = [](double a, double b) { return a * a + a * b + b * b; };
            mean *= std::min(1.0f, float(now * cone(run.radii_mm[i], run.radii_mm[i + 1]) / cone(from, to)));
        }
        if (!is_open) tubes.push_back({{run.ends_mm[i]}, {from}, {}});
        is_open = true;
        tubes.back().points_mm.push_back(run.ends_mm[i + 1]);
        tubes.back().radii_mm.push_back(to);
        tubes.back().share.push_back(mean);
    }
}

ContrastPicture::ContrastPicture(LumenGraph const& vessels, LumenCells const& cells, Patient const& patient,
                                 std::span<CapillaryBed const> beds, double spacing_mm)
    : impl_{std::make_unique<Impl>()}
{
    FLUORO_EXPECT(spacing_mm > 0);
    impl_->cells = std::size_t(cells.count());
    impl_->beds = beds.size();
    for (std::size_t c = 0; c < impl_->cells; ++c)
        impl_->radius_mm.push_back(float(std::sqrt(cells.volume_mm3[c] / (std::numbers::pi * cells.length_mm[c]))));
    auto const is_thin = std::make_unique<bool[]>(impl_->cells);
    std::span<bool const> const thin{is_thin.get(), impl_->cells};
    for (std::size_t e = 0; e < vessels.edges.size(); ++e) {
        if (vessels.edges[e].wall == WallClass::chamber) continue;
        for (int cell = cells.first[e]; cell < cells.first[e + 1]; ++cell) {
            auto const c = std::size_t(cell);
            is_thin[c] = cells.volume_mm3[c] < std::numbers::pi * thin_mm * thin_mm * cells.length_mm[c];
        }
        impl_->add_thin(vessels.edges[e], cells.first[e], cells.first[e + 1] - cells.first[e], thin);
    }
    impl_->add_wide(vessels, cells, patient, spacing_mm, thin);
    impl_->add_cavities(vessels, cells);
    impl_->blush = blushes(vessels, patient, beds);
}

ContrastPicture::~ContrastPicture() = default;
ContrastPicture::ContrastPicture(ContrastPicture&&) noexcept = default;
ContrastPicture& ContrastPicture::operator=(ContrastPicture&&) noexcept = default;

Content ContrastPicture::contents(std::span<float const> share, std::span<float const> bed_share,
                                  std::array<double, chamber_count> const& chamber_ml, Mixture const& medium,
                                  std::span<float const> room, std::span<glm::vec3 const> lean) const
{
    FLUORO_EXPECT(room.empty() || room.size() == impl_->cells);
    FLUORO_EXPECT(lean.empty() || lean.size() == impl_->cells);
    FLUORO_EXPECT(share.size() == impl_->cells * LumenWord::lanes && bed_share.size() == impl_->beds);
    Content content{medium, impl_->blood, {}, {}};
    for (Impl::ThinRun const& run : impl_->thin) impl_->draw(run, share, room, content.tubes);
    auto const shows = [](float s) { return s >= least_share; };
    if (impl_->wide) {
        // A slot without places may hold what it likes.
        auto const& first = impl_->wide->first;
        for (std::size_t slot = 0; slot < share.size(); ++slot)
            if (shows(share[slot]) && first[slot] < first[slot + 1]) {
                Content::Cloud cloud{impl_->wide, {share.begin(), share.end()}};
                cloud.slots_per_cell = LumenWord::lanes;
                cloud.room.assign(room.begin(), room.end());
                cloud.lean_per_mm.assign(lean.begin(), lean.end());
                for (std::size_t cell = 0; cell < lean.size(); ++cell)
                    cloud.lean_per_mm[cell] /= impl_->radius_mm[cell] * std::sqrt(room.empty() ? 1.0f : room[cell]);
                content.clouds.push_back(std::move(cloud));
                impl_->fill_chambers(chamber_ml, content.clouds.back().share);
                break;
            }
    }
    if (std::any_of(bed_share.begin(), bed_share.end(), shows))
        for (Blush const& blush : impl_->blush) {
            content.clouds.push_back({blush.places, {bed_share.begin(), bed_share.end()}});
            for (float& s : content.clouds.back().share) s = float(s * blush.blood_share);
        }
    return content;
}

} // namespace fluoro

#include "filled_pixels.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/projection/projector.hpp>

namespace fluoro {
namespace {

constexpr int side = FilledTile::side;
static_assert(side == CloudBands::rows);

/// What one mm of a filling adds to the way [g/cm2].
struct Masses {
    float soft = 0, bone = 0;
    std::array<float, most_added_materials> added{};
};

Masses masses_of(Filling const& filling, std::vector<MaterialId> const& added)
{
    MaterialId const water = find_material("water"), bone = find_material("bone");
    constexpr double cm_per_mm = 0.1;
    Masses masses{
        float(-cm_per_mm * filling.displaced.soft_g_cm3), float(-cm_per_mm * filling.displaced.bone_g_cm3), {}};
    for (auto const& [id, g_cm3] : in_picture_materials(filling.content).g_cm3) {
        if (id == water)
            masses.soft += float(cm_per_mm * g_cm3);
        else if (id == bone)
            masses.bone += float(cm_per_mm * g_cm3);
        else if (auto const found = std::find(added.begin(), added.end(), id); found != added.end())
            masses.added[std::size_t(found - added.begin())] += float(cm_per_mm * g_cm3);
    }
    return masses;
}

/// One tile's pixels while shapes are drawn into them: lengths [mm] for each filling that comes into it.
class TileCanvas {
public:
    void begin(std::size_t fillings)
    {
        slot_.assign(fillings, -1);
        drawn_.clear();
    }
    /// Lengths of a filling, to be added to.
    std::span<float> of(int filling)
    {
        int& slot = slot_[std::size_t(filling)];
        if (slot < 0) {
            slot = int(drawn_.size());
            drawn_.push_back(filling);
            if (planes_.size() < drawn_.size()) planes_.emplace_back();
            planes_[std::size_t(slot)].fill(0);
        }
        return planes_[std::size_t(slot)];
    }
    /// Masses of what has been drawn, in the pixels that have something in them.
    void finish(std::vector<Masses> const& masses, std::size_t added, FilledTile& tile) const
    {
        tile.pixel.clear();
        for (int at = 0; at < side * side; ++at)
            if (std::any_of(planes_.begin(), planes_.begin() + std::ptrdiff_t(drawn_.size()),
                            [at](auto const& plane) { return plane[std::size_t(at)] != 0; }))
                tile.pixel.push_back(std::uint16_t(at));
        auto const gather = [&](std::vector<float>& to, auto const& mass) {
            to.assign(tile.pixel.size(), 0.0f);
            for (std::size_t n = 0; n < drawn_.size(); ++n) {
                float const per_mm = mass(masses[std::size_t(drawn_[n])]);
                if (per_mm == 0) continue;
                for (std::size_t i = 0; i < to.size(); ++i) to[i] += per_mm * planes_[n][tile.pixel[i]];
            }
        };
        gather(tile.soft, [](Masses const& m) { return m.soft; });
        gather(tile.bone, [](Masses const& m) { return m.bone; });
        for (std::size_t a = 0; a < added; ++a) gather(tile.added[a], [a](Masses const& m) { return m.added[a]; });
    }

private:
    std::vector<int> slot_;  ///< by filling: its plane, or -1
    std::vector<int> drawn_; ///< fillings by plane
    std::vector<std::array<float, std::size_t(side) * side>> planes_;
};

} // namespace

std::vector<MaterialId> added_materials(Scene const& scene)
{
    MaterialId const water = find_material("water"), bone = find_material("bone");
    std::vector<MaterialId> added;
    auto const add = [&](int filling) {
        for (auto const& [id, g_cm3] : in_picture_materials(scene.fillings.at(std::size_t(filling)).content).g_cm3)
            if (id != water && id != bone && std::find(added.begin(), added.end(), id) == added.end())
                added.push_back(id);
    };
    for (auto const& tube : scene.tubes) add(tube.filling);
    for (auto const& cloud : scene.clouds) add(cloud.filling);
    if (added.size() > most_added_materials)
        throw Error{"the fillings of this scene hold " + std::to_string(added.size()) +
                    " materials besides water and bone, but a picture takes at most " +
                    std::to_string(most_added_materials) + "; let some of them share a material"};
    return added;
}

void FilledTiles::sort_tubes(Scene const& scene, PixelRect const& rect)
{
    int const across = (rect.columns + side - 1) / side, down = (rect.rows + side - 1) / side;
    tiles_.resize(std::size_t(across) * std::size_t(down));
    for (std::size_t n = 0; n < tiles_.size(); ++n) {
        int const left = rect.column + int(n) % across * side, top = rect.row + int(n) / across * side;
        tiles_[n].box = {left, std::min(left + side, rect.column + rect.columns), top,
                         std::min(top + side, rect.row + rect.rows)};
        tiles_[n].tubes.clear();
    }
    PixelRays const rays{scene};
    pieces_.resize(scene.tubes.size());
    parallel_for(int(pieces_.size()), [&](int first, int last) {
        for (int i = first; i < last; ++i)
            pieces_[std::size_t(i)] = make_piece(scene.tubes[std::size_t(i)], scene, rays);
    });
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        PixelBox const& box = pieces_[i].box;
        int const left = std::max(box.left - rect.column, 0), right = std::min(box.right - rect.column, rect.columns);
        int const top = std::max(box.top - rect.row, 0), bottom = std::min(box.bottom - rect.row, rect.rows);
        if (left >= right || top >= bottom) continue;
        for (int y = top / side; y <= (bottom - 1) / side; ++y)
            for (int x = left / side; x <= (right - 1) / side; ++x)
                tiles_[std::size_t(y) * std::size_t(across) + std::size_t(x)].tubes.push_back(std::uint32_t(i));
    }
}

std::span<FilledTile const> FilledTiles::draw(Scene const& scene, PixelRect const& rect)
{
    if (scene.tubes.empty() && scene.clouds.empty()) return {};
    auto const added = added_materials(scene);
    std::vector<Masses> masses;
    for (auto const& filling : scene.fillings) masses.push_back(masses_of(filling, added));
    auto const is_known = [&](int filling) { return filling >= 0 && std::size_t(filling) < masses.size(); };
    for (auto const& tube : scene.tubes) FLUORO_EXPECT(is_known(tube.filling));
    for (auto const& cloud : scene.clouds) FLUORO_EXPECT(is_known(cloud.filling));

    sort_tubes(scene, rect);
    clouds_.draw(scene, rect);
    busy_.clear();
    for (std::size_t n = 0; n < tiles_.size(); ++n) {
        bool is_met = !tiles_[n].tubes.empty();
        for (std::size_t c = 0; c < scene.clouds.size() && !is_met; ++c) is_met = clouds_.meets(c, tiles_[n].box);
        if (is_met) busy_.push_back(n);
    }
    if (filled_.size() < busy_.size()) filled_.resize(busy_.size());
    PixelRays const rays{scene};
    parallel_each(int(busy_.size()), [&](int i) {
        thread_local TileCanvas canvas;
        Tile const& tile = tiles_[busy_[std::size_t(i)]];
        canvas.begin(masses.size());
        for (auto const index : tile.tubes)
            add_chords(pieces_[index], rays, tile.box, side, canvas.of(pieces_[index].filling));
        for (std::size_t c = 0; c < scene.clouds.size(); ++c)
            if (clouds_.meets(c, tile.box)) clouds_.add(c, tile.box, side, canvas.of(scene.clouds[c].filling));
        filled_[std::size_t(i)].box = tile.box;
        canvas.finish(masses, added.size(), filled_[std::size_t(i)]);
    });
    return {filled_.data(), busy_.size()};
}

void add_filling_thickness(Scene const& scene, ThicknessMap& map)
{
    auto const added = added_materials(scene);
    std::vector<std::size_t> channels;
    for (auto const id : added) {
        auto const found = std::find(map.materials.begin(), map.materials.end(), id);
        channels.push_back(std::size_t(found - map.materials.begin()));
        if (found != map.materials.end()) continue;
        map.materials.push_back(id);
        map.names.push_back(material(id).name);
        map.g_cm2.emplace_back(scene.pixels.columns, scene.pixels.rows);
    }
    FilledTiles tiles;
    for (FilledTile const& tile : tiles.draw(scene, {0, 0, scene.pixels.columns, scene.pixels.rows}))
        for (std::size_t i = 0; i < tile.count(); ++i) {
            int const column = tile.column(i), row = tile.row(i);
            map.g_cm2[0].at(column, row) += tile.soft[i];
            map.g_cm2[1].at(column, row) += tile.bone[i];
            for (std::size_t m = 0; m < added.size(); ++m) map.g_cm2[channels[m]].at(column, row) += tile.added[m][i];
        }
}

} // namespace fluoro

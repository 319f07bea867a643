#include "filled_pixels.hpp"

#include "cloud_splat.hpp"
#include "tube_chords.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/projection/projector.hpp>

namespace fluoro {
namespace {

constexpr int tile_side = 32;

/// What one mm of a filling adds to the way [g/cm2].
struct Masses {
    double soft = 0, bone = 0;
    std::array<double, most_added_materials> added{};
};

Masses masses_of(Filling const& filling, std::vector<MaterialId> const& added)
{
    MaterialId const water = find_material("water"), bone = find_material("bone");
    constexpr double cm_per_mm = 0.1;
    Masses masses{-cm_per_mm * filling.displaced.soft_g_cm3, -cm_per_mm * filling.displaced.bone_g_cm3, {}};
    for (auto const& [id, g_cm3] : in_picture_materials(filling.content).g_cm3) {
        if (id == water)
            masses.soft += cm_per_mm * g_cm3;
        else if (id == bone)
            masses.bone += cm_per_mm * g_cm3;
        else if (auto const found = std::find(added.begin(), added.end(), id); found != added.end())
            masses.added[std::size_t(found - added.begin())] += cm_per_mm * g_cm3;
    }
    return masses;
}

/// Which shapes can cover which tile of a rectangle, in the shapes' order.
class Tiles {
public:
    explicit Tiles(PixelRect const& rect)
        : rect_{rect}, across_{(rect.columns + tile_side - 1) / tile_side},
          shapes_(std::size_t(across_) * std::size_t((rect.rows + tile_side - 1) / tile_side))
    {
    }
    void add(PixelBox const& box, std::uint32_t shape)
    {
        int const left = std::max(box.left - rect_.column, 0),
                  right = std::min(box.right - rect_.column, rect_.columns);
        int const top = std::max(box.top - rect_.row, 0), bottom = std::min(box.bottom - rect_.row, rect_.rows);
        if (left >= right || top >= bottom) return;
        for (int y = top / tile_side; y <= (bottom - 1) / tile_side; ++y)
            for (int x = left / tile_side; x <= (right - 1) / tile_side; ++x)
                shapes_[std::size_t(y) * std::size_t(across_) + std::size_t(x)].push_back(shape);
    }
    std::size_t count() const { return shapes_.size(); }
    std::vector<std::uint32_t> const& of(std::size_t tile) const { return shapes_[tile]; }
    PixelBox box(std::size_t tile) const
    {
        int const left = rect_.column + int(tile) % across_ * tile_side,
                  top = rect_.row + int(tile) / across_ * tile_side;
        return {left, std::min(left + tile_side, rect_.column + rect_.columns), top,
                std::min(top + tile_side, rect_.row + rect_.rows)};
    }

private:
    PixelRect rect_;
    int across_;
    std::vector<std::vector<std::uint32_t>> shapes_;
};

/// One tile's pixels while shapes are drawn into them.
class TileCanvas {
public:
    explicit TileCanvas(PixelBox const& box)
        : box_{box}, pixels_(std::size_t(tile_side) * tile_side), is_covered_(pixels_.size())
    {
    }

    void add(int column, int row, double mm, Masses const& masses)
    {
        auto const at = std::size_t(row - box_.top) * tile_side + std::size_t(column - box_.left);
        is_covered_[at] = 1;
        pixels_[at].soft += mm * masses.soft;
        pixels_[at].bone += mm * masses.bone;
        for (std::size_t m = 0; m < most_added_materials; ++m) pixels_[at].added[m] += mm * masses.added[m];
    }
    void draw_tube(TubePiece const& piece, PixelRays const& rays, Masses const& masses)
    {
        for (int row = std::max(box_.top, piece.box.top); row < std::min(box_.bottom, piece.box.bottom); ++row)
            for (int column = std::max(box_.left, piece.box.left); column < std::min(box_.right, piece.box.right);
                 ++column)
                if (double const mm = piece.share * pixel_chord_mm(piece, rays, column, row); mm > 0)
                    add(column, row, mm, masses);
    }
    void draw_cloud(std::vector<Splat> const& splats, std::vector<std::uint32_t> const& here, Masses const& masses)
    {
        if (here.empty()) return;
        std::array<float, std::size_t(tile_side) * tile_side> mm{};
        for (auto const index : here) draw(splats[index], box_, tile_side, mm);
        for (int row = box_.top; row < box_.bottom; ++row)
            for (int column = box_.left; column < box_.right; ++column)
                if (float const length = mm[std::size_t(row - box_.top) * tile_side + std::size_t(column - box_.left)];
                    length > 0)
                    add(column, row, double(length), masses);
    }
    std::vector<FilledPixel> covered() const
    {
        std::vector<FilledPixel> found;
        for (std::size_t at = 0; at < pixels_.size(); ++at) {
            if (!is_covered_[at]) continue;
            found.push_back(pixels_[at]);
            found.back().column = box_.left + int(at % tile_side);
            found.back().row = box_.top + int(at / tile_side);
        }
        return found;
    }

private:
    PixelBox box_;
    std::vector<FilledPixel> pixels_;
    std::vector<char> is_covered_;
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

std::vector<FilledPixel> filled_pixels(Scene const& scene, PixelRect const& rect)
{
    std::vector<FilledPixel> covered;
    if (scene.tubes.empty() && scene.clouds.empty()) return covered;
    auto const added = added_materials(scene);
    std::vector<Masses> masses;
    for (auto const& filling : scene.fillings) masses.push_back(masses_of(filling, added));

    Tiles tubes{rect};
    std::vector<TubePiece> pieces;
    for (auto const& tube : scene.tubes) {
        FLUORO_EXPECT(tube.filling >= 0 && std::size_t(tube.filling) < masses.size());
        pieces.push_back(make_piece(tube, scene));
        tubes.add(pieces.back().box, std::uint32_t(pieces.size() - 1));
    }
    std::vector<Tiles> clouds(scene.clouds.size(), Tiles{rect});
    std::vector<std::vector<Splat>> shadows(scene.clouds.size());
    for (std::size_t c = 0; c < clouds.size(); ++c) {
        FLUORO_EXPECT(scene.clouds[c].filling >= 0 && std::size_t(scene.clouds[c].filling) < masses.size());
        shadows[c] = splats(scene.clouds[c], scene, rect);
        for (std::size_t i = 0; i < shadows[c].size(); ++i) clouds[c].add(shadows[c][i].box, std::uint32_t(i));
    }

    // Only tiles with something in them, so that every thread gets as many.
    std::vector<std::size_t> busy;
    for (std::size_t tile = 0; tile < tubes.count(); ++tile)
        if (!tubes.of(tile).empty() ||
            std::any_of(clouds.begin(), clouds.end(), [&](Tiles const& cloud) { return !cloud.of(tile).empty(); }))
            busy.push_back(tile);
    // The fullest lie together: every second one goes to the other half of the threads.
    std::stable_partition(busy.begin(), busy.end(), [](std::size_t tile) { return tile % 2 == 0; });
    PixelRays const rays{scene};
    std::vector<std::vector<FilledPixel>> in_tile(busy.size());
    parallel_for(int(busy.size()), [&](int first, int last) {
        for (int i = first; i < last; ++i) {
            std::size_t const tile = busy[std::size_t(i)];
            TileCanvas canvas{tubes.box(tile)};
            for (auto const index : tubes.of(tile))
                canvas.draw_tube(pieces[index], rays, masses[std::size_t(pieces[index].filling)]);
            for (std::size_t c = 0; c < clouds.size(); ++c)
                canvas.draw_cloud(shadows[c], clouds[c].of(tile), masses[std::size_t(scene.clouds[c].filling)]);
            in_tile[std::size_t(i)] = canvas.covered();
        }
    });
    for (auto const& pixels : in_tile) covered.insert(covered.end(), pixels.begin(), pixels.end());
    return covered;
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
    for (auto const& pixel : filled_pixels(scene, {0, 0, scene.pixels.columns, scene.pixels.rows})) {
        map.g_cm2[0].at(pixel.column, pixel.row) += float(pixel.soft);
        map.g_cm2[1].at(pixel.column, pixel.row) += float(pixel.bone);
        for (std::size_t m = 0; m < added.size(); ++m)
            map.g_cm2[channels[m]].at(pixel.column, pixel.row) += float(pixel.added[m]);
    }
}

} // namespace fluoro

#include <fluoro/core/expect.hpp>
#include <fluoro/scene/filled_tube.hpp>

namespace fluoro {

std::vector<FilledTube> tube_along(std::span<Vec3 const> points_mm, std::span<double const> radii_mm, int filling)
{
    FLUORO_EXPECT(points_mm.size() == radii_mm.size() && points_mm.size() >= 2);
    std::vector<FilledTube> pieces;
    for (std::size_t i = 0; i + 1 < points_mm.size(); ++i)
        pieces.push_back({points_mm[i], points_mm[i + 1], radii_mm[i], radii_mm[i + 1], Vec3{0}, Vec3{0}, filling});
    // At a bend both pieces end at the plane that halves it.
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
        Vec3 const before = glm::normalize(pieces[i].to_mm - pieces[i].from_mm);
        Vec3 const after = glm::normalize(pieces[i + 1].to_mm - pieces[i + 1].from_mm);
        // A hairpin has no such plane that cuts both within their width: its pieces end square.
        constexpr double least_cosine = 0.6;
        Vec3 const halving = before + after;
        if (glm::length(halving) > 2 * least_cosine)
            pieces[i].to_cut = pieces[i + 1].from_cut = glm::normalize(halving);
    }
    return pieces;
}

} // namespace fluoro

#pragma once
// Inside the projection module: pictures of the anatomy by heart and breath, kept while the C-arm stands still.
#include <cstdint>
#include <fluoro/body/displacement.hpp>
#include <fluoro/image/image.hpp>
#include <list>
#include <optional>
#include <span>
#include <vector>

namespace fluoro {

/// Thicknesses of all rays, each under the displacement that it was marched through. What lies between them is blended,
/// when the displacement of now lies between theirs: then nothing has to be marched. docs/theory/ray-march.md
class KeptPictures {
public:
    /// How far a kept picture's tissue may stand from where it is now [mm]; how far their blend's may.
    static constexpr double reach_mm = 2, match_mm = 0.4;
    /// A change of density counts as this way for a change by one [mm].
    static constexpr double mm_per_density = 30;

    explicit KeptPictures(std::size_t most_bytes = std::size_t{256} << 20) : most_bytes_{most_bytes} {}

    /// Pictures to add up, three at most, their weights positive and 1 in sum.
    struct Part {
        std::span<glm::vec2 const> thickness;
        double weight = 0;
    };
    /// Empty when none are near enough on all sides, or when the displacement does not come back with heart and breath.
    std::vector<Part> blend(Displacement const& now, PixelRect const& pixels);
    /// The picture of this displacement, at the cost of those used longest ago.
    void keep(Displacement const& now, PixelRect const& pixels, std::span<glm::vec2 const> thickness);
    void clear() { pictures_.clear(); }
    std::size_t size() const { return pictures_.size(); }
    std::size_t bytes() const;

private:
    struct Picture {
        Displacement::Cycle cycle;
        std::vector<glm::vec4> probes;
        PixelRect pixels;
        std::vector<glm::vec2> thickness;
        std::uint64_t used = 0;
        std::size_t bytes() const { return thickness.size() * sizeof(glm::vec2) + probes.size() * sizeof(glm::vec4); }
    };
    void use_lattice(FieldGrid const& grid);
    std::vector<glm::vec4> probes_of(Displacement const& now) const;

    std::size_t most_bytes_;
    FieldGrid grid_;
    std::vector<std::size_t> places_; ///< of the probes in the lattice
    std::list<Picture> pictures_;
    std::uint64_t uses_ = 0;
};

} // namespace fluoro

#include <fluoro/anatomy/shape.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fluoro/core/expect.hpp>
#include <limits>

namespace fluoro {

namespace {

constexpr double reach_mm = 3; ///< distances are exact up to here
constexpr double cell_mm = 2.5;

/// A piece as the search wants it: half the memory, its slope known.
struct Cone {
    glm::vec3 from, axis;            ///< axis: of length 1
    float length, from_radius, fall; ///< fall: radius lost per length, below 1 in size

    explicit Cone(TubePiece const& piece)
        : from{piece.from_mm}, axis{0, 0, 1}, length{float(glm::length(piece.to_mm - piece.from_mm))},
          from_radius{float(piece.from_radius_mm)}, fall{0}
    {
        double const lost = piece.from_radius_mm - piece.to_radius_mm;
        if (double(length) > std::abs(lost)) {
            axis = glm::vec3{(piece.to_mm - piece.from_mm) / double(length)};
            fall = float(lost / double(length));
        } else { // one ball holds the other
            if (lost < 0) from = glm::vec3{piece.to_mm};
            from_radius = float(std::max(piece.from_radius_mm, piece.to_radius_mm));
            length = 0;
        }
    }
    /// The point of the axis whose ball is the nearest to p, and how far p is from the axis there.
    struct Foot {
        float off, radius;
    };
    Foot foot(glm::vec3 const& p) const
    {
        glm::vec3 const d = p - from;
        float const along = glm::dot(d, axis);
        float const aside = std::sqrt(std::max(0.0f, glm::dot(d, d) - along * along));
        // The normal of a cone leans toward its thin end.
        float const at = std::clamp(along - aside * fall / std::sqrt(1 - fall * fall), 0.0f, length);
        float const beyond = along - at;
        return {std::sqrt(aside * aside + beyond * beyond), from_radius - fall * at};
    }
    glm::vec3 to() const { return from + axis * length; }
};

/// Share of a voxel that a tube fills, by the distance `off` of its centre from the axis; summed over the voxels of a
/// cross-section it is the tube's own area. A thin tube is drawn as wide as a voxel and fainter in turn.
double share_of_tube(double off, double radius, double side)
{
    double const thinnest = side / std::numbers::sqrt3;
    double const drawn = std::max(radius, thinnest);
    // The edge's ramp of one voxel adds pi side^2 / 12 to the cross-section of the plain coverage.
    double const edge = std::sqrt(drawn * drawn - side * side / 12);
    double const share = std::clamp(0.5 - (off - edge) / side, 0.0, 1.0);
    return radius < thinnest ? share * radius * radius / (thinnest * thinnest) : share;
}

class Branches {
public:
    explicit Branches(std::span<TubePiece const> pieces)
    {
        Box all{Vec3{std::numeric_limits<double>::max()}, Vec3{std::numeric_limits<double>::lowest()}};
        for (TubePiece const& piece : pieces) {
            FLUORO_EXPECT(piece.from_radius_mm > 0 && piece.to_radius_mm > 0);
            cones_.emplace_back(piece);
            all = around(all, box_of(cones_.back()));
        }
        solid_ = all;
        box_ = grown(all, reach_mm);
        size_ = glm::max(glm::ivec3{1}, glm::ivec3{glm::ceil((box_.high - box_.low) / cell_mm)});
        box_.high = box_.low + cell_mm * Vec3{size_};
        fill();
        measure();
    }

    Box const& bounds() const { return solid_; }

    double distance(Vec3 const& p) const
    {
        Vec3 const q = glm::clamp(p, box_.low, box_.high);
        if (q != p) return glm::length(p - q) + reach_mm;
        std::size_t const cell = cell_at(p);
        if (clear_[cell] > 0) return reach_mm + cell_mm * (clear_[cell] - 1);
        glm::vec3 const at{p - box_.low};
        float best = reach_mm;
        for (std::uint32_t i = first_[cell]; i < first_[cell + 1]; ++i) {
            Cone::Foot const foot = cones_[listed_[i]].foot(at);
            best = std::min(best, foot.off - foot.radius);
        }
        return double(best);
    }

    double share(Vec3 const& p, double side_mm) const
    {
        if (glm::clamp(p, box_.low, box_.high) != p) return 0;
        std::size_t const cell = cell_at(p);
        glm::vec3 const at{p - box_.low};
        double best = 0;
        for (std::uint32_t i = first_[cell]; i < first_[cell + 1] && best < 1; ++i) {
            Cone::Foot const foot = cones_[listed_[i]].foot(at);
            if (double(foot.off - foot.radius) > side_mm) continue;
            best = std::max(best, share_of_tube(double(foot.off), double(foot.radius), side_mm));
        }
        return best;
    }

private:
    static Box box_of(Cone const& cone)
    {
        Vec3 const a{cone.from}, b{cone.to()};
        double const ra = double(cone.from_radius), rb = double(cone.from_radius - cone.fall * cone.length);
        return around({a - ra, a + ra}, {b - rb, b + rb});
    }

    glm::ivec3 place(Vec3 const& p) const
    {
        return glm::clamp(glm::ivec3{(p - box_.low) / cell_mm}, glm::ivec3{0}, size_ - 1);
    }
    std::size_t number(glm::ivec3 const& c) const
    {
        return (std::size_t(c.z) * std::size_t(size_.y) + std::size_t(c.y)) * std::size_t(size_.x) + std::size_t(c.x);
    }
    std::size_t cell_at(Vec3 const& p) const { return number(place(p)); }

    /// Calls `found(cell)` for all cells that the piece comes within reach of.
    template <class Found> void cells_near(Cone const& cone, Found found) const
    {
        double const far = reach_mm + cell_mm * std::numbers::sqrt3 / 2 + 1e-3;
        Box const box = grown(box_of(cone), reach_mm);
        glm::ivec3 const low = place(box.low), high = place(box.high);
        for (int z = low.z; z <= high.z; ++z)
            for (int y = low.y; y <= high.y; ++y)
                for (int x = low.x; x <= high.x; ++x) {
                    glm::ivec3 const c{x, y, z};
                    Cone::Foot const foot = cone.foot(glm::vec3{box_.low + cell_mm * (Vec3{c} + 0.5)});
                    if (double(foot.off - foot.radius) < far) found(number(c));
                }
    }

    void fill()
    {
        std::size_t const cells = std::size_t(size_.x) * std::size_t(size_.y) * std::size_t(size_.z);
        first_.assign(cells + 1, 0);
        for (Cone const& cone : cones_) cells_near(cone, [&](std::size_t cell) { ++first_[cell + 1]; });
        for (std::size_t i = 0; i < cells; ++i) first_[i + 1] += first_[i];
        listed_.resize(first_.back());
        std::vector<std::uint32_t> next{first_.begin(), first_.end() - 1};
        for (std::size_t i = 0; i < cones_.size(); ++i)
            cells_near(cones_[i], [&](std::size_t cell) { listed_[next[cell]++] = std::uint32_t(i); });
        // From here on in the grid's own axes, where single precision is a fraction of a micrometre.
        for (Cone& cone : cones_) cone.from = glm::vec3{Vec3{cone.from} - box_.low};
    }

    /// How many cells it is, king's moves, to one that lists pieces.
    void measure()
    {
        clear_.assign(first_.size() - 1, 255);
        for (std::size_t i = 0; i < clear_.size(); ++i)
            if (first_[i + 1] > first_[i]) clear_[i] = 0;
        for (int axis = 0; axis < 3; ++axis) {
            // King's moves come apart by axis: the least over j of max(|i - j|, value(j)).
            std::vector<std::uint8_t> const from = clear_;
            glm::ivec3 c;
            for (c.z = 0; c.z < size_.z; ++c.z)
                for (c.y = 0; c.y < size_.y; ++c.y)
                    for (c.x = 0; c.x < size_.x; ++c.x) {
                        int best = from[number(c)];
                        for (int off = 1; off < best; ++off)
                            for (int sign : {-1, 1}) {
                                glm::ivec3 other = c;
                                other[axis] += sign * off;
                                if (other[axis] < 0 || other[axis] >= size_[axis]) continue;
                                best = std::min(best, std::max(off, int(from[number(other)])));
                            }
                        clear_[number(c)] = std::uint8_t(best);
                    }
        }
    }

    std::vector<Cone> cones_;
    Box solid_, box_;
    glm::ivec3 size_{0};
    std::vector<std::uint32_t> first_, listed_; ///< pieces by cell
    std::vector<std::uint8_t> clear_;           ///< cells away from any piece
};

} // namespace

Shape branches(std::span<TubePiece const> pieces)
{
    FLUORO_EXPECT(!pieces.empty());
    auto const all = std::make_shared<Branches const>(pieces);
    return {all->bounds(), [all](Vec3 const& p) { return all->distance(p); },
            [all](Vec3 const& p, double side_mm) { return all->share(p, side_mm); }};
}

} // namespace fluoro

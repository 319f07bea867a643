#include <array>
#include <fluoro/body/displacement.hpp>
#include <gtest/gtest.h>
#include <random>

namespace fluoro {
namespace {

/// Points of a lattice with ways of up to 9 mm that have nothing to do with each other.
struct Rough {
    FieldGrid grid{{-113.7, 41.3, 507.9}, 8, {7, 5, 6}};
    std::vector<glm::vec3> field{std::size_t(7 * 5 * 6)};

    Rough()
    {
        std::mt19937 random{11};
        std::uniform_real_distribution<float> way{-9, 9};
        for (glm::vec3& f : field) f = {way(random), way(random), way(random)};
    }
    /// A place in the cell of that first point.
    Vec3 in_cell(glm::ivec3 const& cell, Vec3 const& share) const
    {
        return grid.origin_mm + grid.spacing_mm * (Vec3{cell} + share);
    }
};

template <class See> void in_every_cell(Rough const& rough, See const& see)
{
    std::mt19937 random{12};
    std::uniform_real_distribution<double> share{0.02, 0.98};
    glm::ivec3 cell;
    for (cell.z = 0; cell.z + 1 < rough.grid.size.z; ++cell.z)
        for (cell.y = 0; cell.y + 1 < rough.grid.size.y; ++cell.y)
            for (cell.x = 0; cell.x + 1 < rough.grid.size.x; ++cell.x)
                see(rough.in_cell(cell, {share(random), share(random), share(random)}));
}

// Places as single numbers: 3e-5 mm at half a metre, times slopes of up to 18 mm in 8.
TEST(Stretched, way_is_that_of_the_field_in_every_cell)
{
    Rough const rough;
    in_every_cell(rough, [&](Vec3 const& p) {
        glm::vec3 const at{p};
        Vec3 const wanted = sampled(rough.grid, rough.field, Vec3{at});
        EXPECT_LT(glm::length(Vec3{stretched(rough.grid, rough.field, at).way_mm} - wanted), 2e-4);
    });
}

// Along an axis a trilinear field is straight within a cell: a difference is its slope. Single numbers: 1e-4.
TEST(Stretched, stretch_is_one_and_the_fields_own_slope_along_each_axis_and_no_less_than_half)
{
    Rough const rough;
    int least = 0, more = 0;
    in_every_cell(rough, [&](Vec3 const& p) {
        glm::vec3 const stretch = stretched(rough.grid, rough.field, glm::vec3{p}).stretch;
        for (int axis = 0; axis < 3; ++axis) {
            constexpr double step = 0.05;
            Vec3 beside{0};
            beside[axis] = step;
            double const slope = (sampled(rough.grid, rough.field, p + beside)[axis] -
                                  sampled(rough.grid, rough.field, p - beside)[axis]) /
                                 (2 * step);
            EXPECT_NEAR(double(stretch[axis]), std::max(1 + slope, 0.5), 1e-4);
            (slope < -0.5 ? least : more) += 1;
        }
    });
    EXPECT_GT(least, 20);
    EXPECT_GT(more, 20);
}

TEST(Stretched, nothing_moves_or_stretches_outside_the_lattice)
{
    Rough const rough;
    for (Vec3 const share : {Vec3{-0.01, 1, 1}, Vec3{1, 4.01, 1}, Vec3{1, 1, 5.01}}) {
        Stretched const s = stretched(rough.grid, rough.field, glm::vec3{rough.in_cell(glm::ivec3{0}, share)});
        EXPECT_EQ(s.way_mm, glm::vec3{0});
        EXPECT_EQ(s.stretch, glm::vec3{1});
    }
}

} // namespace
} // namespace fluoro

#include <cmath>
#include <fluoro/instruments/cement_shape.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double side_mm = 0.7, capacity = 0.85 * side_mm * side_mm * side_mm;
FieldGrid const grid{Vec3{-24.5}, side_mm, glm::ivec3{71}};

template <class Inside> std::vector<Cement::Parcel> filled(Inside const& inside)
{
    std::vector<Cement::Parcel> parcels;
    for (int n = 0; n < 71 * 71 * 71; ++n)
        if (Vec3 const p = grid.at({n % 71, n / 71 % 71, n / (71 * 71)}); inside(p))
            parcels.push_back({glm::vec3{p}, float(capacity), float(capacity), std::uint32_t(n)});
    return parcels;
}

double volume(std::span<CloudParcel const> parcels)
{
    double sum = 0;
    for (CloudParcel const& parcel : parcels) sum += double(parcel.volume_mm3);
    return sum;
}

/// Length of cement along z, seen in pixels of 0.1 mm [mm]: parcels as tents of their own width, as pictures draw them.
class Shadow {
public:
    void add(CloudParcel const& parcel, double width_mm)
    {
        double const reach = std::max(width_mm, pixel_mm);
        double weight = 0;
        for (int pass = 0; pass < 2; ++pass)
            for (int j = pixel(parcel.at_mm.y - reach); j <= pixel(parcel.at_mm.y + reach) + 1; ++j)
                for (int i = pixel(parcel.at_mm.x - reach); i <= pixel(parcel.at_mm.x + reach) + 1; ++i) {
                    double const w = std::max(0.0, reach - std::abs(at(i) - double(parcel.at_mm.x))) *
                                     std::max(0.0, reach - std::abs(at(j) - double(parcel.at_mm.y)));
                    if (pass == 0) weight += w;
                    if (pass == 1)
                        mm[std::size_t(j * pixels + i)] +=
                            w / weight * double(parcel.volume_mm3) / (pixel_mm * pixel_mm);
                }
    }
    /// How stepped a ball's outline is: where the shadow's length passes 3 mm, standard deviation of that radius around
    /// the middle [mm].
    double outline_unevenness() const
    {
        double sum = 0, squares = 0;
        constexpr int angles = 720;
        for (int n = 0; n < angles; ++n) {
            double const angle = 2 * std::numbers::pi * n / angles;
            double radius = 15;
            while (length_at(radius * std::cos(angle), radius * std::sin(angle)) < 3) radius -= 0.01;
            sum += radius;
            squares += radius * radius;
        }
        return std::sqrt(std::max(0.0, squares / angles - sum * sum / angles / angles));
    }
    /// Root mean square difference from a ball's own chords, away from its rim [mm].
    double against_ball(double radius_mm, double density) const
    {
        double sum = 0;
        int count = 0;
        for (int j = 0; j < pixels; ++j)
            for (int i = 0; i < pixels; ++i) {
                double const off2 = at(i) * at(i) + at(j) * at(j);
                if (off2 > (radius_mm - 1.5) * (radius_mm - 1.5)) continue;
                double const difference =
                    mm[std::size_t(j * pixels + i)] - 2 * density * std::sqrt(radius_mm * radius_mm - off2);
                sum += difference * difference;
                ++count;
            }
        return std::sqrt(sum / count);
    }

private:
    static constexpr int pixels = 400;
    static constexpr double pixel_mm = 0.1;
    std::vector<double> mm = std::vector<double>(pixels * pixels, 0.0);
    double length_at(double x_mm, double y_mm) const
    {
        double const x = x_mm / pixel_mm + pixels / 2 - 0.5, y = y_mm / pixel_mm + pixels / 2 - 0.5;
        int const i = int(x), j = int(y);
        auto const one = [&](int c, int r) { return mm[std::size_t((j + r) * pixels + i + c)]; };
        return std::lerp(std::lerp(one(0, 0), one(1, 0), x - i), std::lerp(one(0, 1), one(1, 1), x - i), y - j);
    }
    static double at(int i) { return (i - pixels / 2 + 0.5) * pixel_mm; }
    static int pixel(double x) { return std::clamp(int(x / pixel_mm + pixels / 2), 0, pixels - 2); }
};

TEST(CementShape, keeps_the_volume)
{
    CementShape shape;
    for (double const radius : {0.5, 2.0, 5.0, 11.0}) {
        auto const parcels = filled([&](Vec3 const& p) { return glm::length(p - Vec3{1, 0.3, 0}) < radius; });
        shape.update(grid, parcels);
        double const wanted = capacity * double(parcels.size());
        // Volumes are single precision.
        EXPECT_NEAR(volume(shape.parcels()), wanted, 1e-5 * wanted) << radius;
    }
    // Hardly begun, and half full.
    auto parcels = filled([](Vec3 const& p) { return glm::length(p) < 4; });
    for (auto& parcel : parcels) parcel.volume_mm3 *= 0.4f;
    shape.update(grid, parcels);
    EXPECT_NEAR(volume(shape.parcels()), 0.4 * capacity * double(parcels.size()), 0.01);
    shape.update(grid, {});
    EXPECT_TRUE(shape.parcels().empty());
}

TEST(CementShape, of_a_ball_of_voxels_is_a_ball)
{
    double const radius = 9.8;
    auto const parcels = filled([&](Vec3 const& p) { return glm::length(p) < radius; });
    CementShape shape;
    shape.update(grid, parcels);
    Shadow stepped, smooth;
    for (auto const& parcel : parcels) stepped.add({parcel.at_mm, parcel.volume_mm3}, side_mm);
    for (auto const& parcel : shape.parcels()) smooth.add(parcel, side_mm);
    test::measured("cement_outline_stepped_mm", stepped.outline_unevenness());
    test::measured("cement_outline_smooth_mm", smooth.outline_unevenness());
    test::measured("cement_inside_stepped_mm", stepped.against_ball(radius, 0.85));
    test::measured("cement_inside_smooth_mm", smooth.against_ball(radius, 0.85));
    // A detector's pixel of 0.3 mm is 0.2 mm at the patient: a quarter of that is not seen.
    EXPECT_LT(smooth.outline_unevenness(), 0.05);
    EXPECT_GT(stepped.outline_unevenness(), 0.05);
    EXPECT_LT(smooth.against_ball(radius, 0.85), 0.5 * stepped.against_ball(radius, 0.85));
}

TEST(CementShape, leaves_threads_as_they_are)
{
    auto const parcels = filled([](Vec3 const& p) { return std::abs(p.x) < 0.3 && std::abs(p.y) < 0.3; });
    CementShape shape;
    shape.update(grid, parcels);
    ASSERT_EQ(shape.parcels().size(), parcels.size());
    for (std::size_t n = 0; n < parcels.size(); ++n) EXPECT_EQ(shape.parcels()[n].at_mm, parcels[n].at_mm);
}

} // namespace
} // namespace fluoro

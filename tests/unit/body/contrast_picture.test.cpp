#include <fluoro/body/contrast_picture.hpp>

#include "../../support/measured.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;

/// A block of muscle 60 mm wide: a wide artery, a thin coronary that leaves it, a chamber of 20 mm by its label alone.
struct Block {
    Patient patient;
    LumenGraph& graph = patient.lumens.vessels;
    int wide, thin, cavity;
    std::vector<CapillaryBed> beds;
    LumenCells cells;

    Block()
    {
        Grid& grid = patient.ct.grid;
        grid.size = {60, 60, 60};
        grid.origin_mm = {-30, -30, -30};
        patient.ct.hu.assign(grid.voxels(), 50);
        patient.labels.assign(grid.voxels(), 1054);
        for (int k = 20; k < 40; ++k)
            for (int j = 40; j < 60; ++j)
                for (int i = 0; i < 20; ++i) {
                    std::size_t const v = std::size_t((k * 60 + j) * 60 + i);
                    patient.labels[v] = 1050;
                    patient.ct.hu[v] = 42;
                }
        int const top = graph.add_node({15, -15, -25});
        wide = graph.add_edge("wide", top, {{15, -15, 20}}, {6, 6}, WallClass::elastic_artery, 52);
        int const fork = graph.edges[std::size_t(wide)].to;
        thin = graph.add_edge("thin", fork, {{0, -15, 20}, {-20, -15, 20}}, {1.5, 1.2, 1}, WallClass::coronary, 1056);
        int const mitral = graph.add_node({-20, 20, -10});
        cavity = graph.add_edge("cavity", mitral, {{-20, 20, 10}}, {4, 4}, WallClass::chamber, 1050);
        beds = {{graph.edges[std::size_t(thin)].to, mitral, "thin", 3, 1}, {fork, mitral, "elsewhere", 3, 1}};
        cells = divide(graph, 1.5);
    }
    std::vector<float> shares(int edge, float value) const
    {
        std::vector<float> all(std::size_t(cells.count()) * LumenWord::lanes, 0.0f);
        auto const first = all.begin() + cells.first[std::size_t(edge)] * LumenWord::lanes;
        std::fill(first, all.begin() + cells.first[std::size_t(edge) + 1] * LumenWord::lanes, value);
        return all;
    }
};

void each_placed(Content::Cloud const& cloud, auto const& take)
{
    for (std::size_t slot = 0; slot < cloud.share.size(); ++slot)
        for (std::size_t i = cloud.places->first[slot]; i < cloud.places->first[slot + 1]; ++i)
            take(cloud.placed(cloud.slot(slot), i));
}

double medium_mm3(Content::Cloud const& cloud)
{
    double all = 0;
    ContentPlaces const& places = *cloud.places;
    for (std::size_t slot = 0; slot < cloud.share.size(); ++slot)
        for (std::size_t i = places.first[slot]; i < places.first[slot + 1]; ++i)
            all += double(cloud.share[slot]) * double(places.volume_mm3[i]);
    return all;
}

double medium_mm3(ContentTube const& tube)
{
    double all = 0;
    for (std::size_t i = 0; i < tube.share.size(); ++i) {
        double const r0 = tube.radii_mm[i], r1 = tube.radii_mm[i + 1];
        all += double(tube.share[i]) * pi / 3 * (r0 * r0 + r0 * r1 + r1 * r1) *
               glm::length(tube.points_mm[i + 1] - tube.points_mm[i]);
    }
    return all;
}

double volume_mm3(LumenCells const& cells, int edge)
{
    auto const first = cells.volume_mm3.begin() + cells.first[std::size_t(edge)];
    return std::accumulate(first, cells.volume_mm3.begin() + cells.first[std::size_t(edge) + 1], 0.0);
}

std::vector<float> const no_bed{0, 0};
constexpr std::array<double, chamber_count> at_rest{8, 0, 0, 0}; // mL, as the label map has it

TEST(ContrastPicture, shows_nothing_without_medium)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content = picture.contents(block.shares(block.wide, 0), no_bed, at_rest, iodine_solution(350));
    EXPECT_TRUE(content.tubes.empty());
    EXPECT_TRUE(content.clouds.empty());
}

// A stenosis of 75 % of the diameter, 2 mm long: what is drawn is as wide as the lumen graph says, to its millimetre.
TEST(ContrastPicture, draws_a_narrowing_as_narrow_as_the_lumen_is)
{
    Block block;
    std::vector<Vec3> points;
    std::vector<double> radii{1.6};
    auto const lumen_mm = [](double along) {
        return 1.6 - 1.2 * std::clamp(2 - std::abs(along - 10.3), 0.0, 1.0); // 2 mm at its narrowest, shoulders of 1 mm
    };
    for (int i = 1; i <= 80; ++i) {
        points.push_back({15 - 0.25 * i, 15, 20});
        radii.push_back(lumen_mm(0.25 * i));
    }
    int const top = block.graph.add_node({15, 15, 20});
    int const narrow = block.graph.add_edge("narrow", top, points, radii, WallClass::coronary, 1056);
    block.cells = divide(block.graph, 1.5);
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content = picture.contents(block.shares(narrow, 1), no_bed, at_rest, iodine_solution(350));
    ASSERT_EQ(content.tubes.size(), 1u);
    ContentTube const& tube = content.tubes[0];
    double worst = 0, least = 9;
    for (std::size_t i = 0; i + 1 < tube.points_mm.size(); ++i)
        for (int k = 0; k <= 8; ++k) {
            double const along = 15 - glm::mix(tube.points_mm[i].x, tube.points_mm[i + 1].x, k / 8.0);
            double const radius = std::lerp(tube.radii_mm[i], tube.radii_mm[i + 1], k / 8.0);
            worst = std::max(worst, std::abs(radius - lumen_mm(along)));
            least = std::min(least, radius);
        }
    // Pieces of 0.375 mm cut a corner of the shoulder's slope, 1.2 mm per mm, by a quarter of the slope times a piece;
    // the graph's own points another 0.06.
    EXPECT_LT(worst, 0.25 * 1.2 * 0.375 + 0.06);
    EXPECT_NEAR(least, 0.4, 0.02);
    test::measured("stenosis_drawn_radius_mm", least);
    test::measured("stenosis_worst_radius_error_mm", worst);
}

// A section of a mean share c that leans by m has c + m . r / R: as much medium as before, its middle m R / 4c off the
// axis in theory, about which the places of 1 mm lie within a twentieth. No place holds less than nothing.
TEST(ContrastPicture, a_layered_vessel_holds_as_much_and_leans)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    auto const share = block.shares(block.wide, 0.3f);
    auto const drawn = [&](float lean) {
        std::vector<glm::vec3> const leans(std::size_t(block.cells.count()), glm::vec3{0, lean, 0});
        return picture.contents(share, no_bed, at_rest, iodine_solution(350), {}, leans);
    };
    Content const even = drawn(0), layered = drawn(0.1f), steep = drawn(0.9f);
    double mm3 = 0, off = 0, least = 1;
    each_placed(layered.clouds[0], [&](Content::Cloud::Placed const& p) {
        mm3 += double(p.medium_mm3);
        off += double(p.medium_mm3 * (p.at_mm.y + 15));
    });
    each_placed(steep.clouds[0],
                [&](Content::Cloud::Placed const& p) { least = std::min(least, double(p.medium_mm3)); });
    double const whole = medium_mm3(even.clouds[0]);
    EXPECT_NEAR(mm3 / whole, 1, 1e-6); // floats
    EXPECT_NEAR(off / mm3, 0.1 * 6 / 4 / 0.3, 0.05 * 0.1 * 6 / 4 / 0.3);
    EXPECT_GE(least, -1e-6);
    EXPECT_LT(least, 0.05) << "as steep as it can be";
    test::measured("layered_vessel_mass_error", std::abs(mm3 / whole - 1));
    test::measured("layered_vessel_middle_off_mm", off / mm3);
}

// A wide vessel that a balloon widens, or a tear narrows, is drawn so wide: the square of a disc's places off its axis
// is R^2 / 2 in the mean, and what it holds goes with its room. 1 % for places of 1 mm whose edge is cut in shares.
TEST(ContrastPicture, draws_a_wide_vessel_as_wide_as_it_is)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    auto const share = block.shares(block.wide, 0.5f);
    auto const of = [&](float room) {
        std::vector<float> const rooms(std::size_t(block.cells.count()), room);
        double mm3 = 0, square = 0;
        Content const content = picture.contents(share, no_bed, at_rest, iodine_solution(350), rooms);
        each_placed(content.clouds[0], [&](Content::Cloud::Placed const& p) {
            glm::vec2 const off{p.at_mm.x - 15, p.at_mm.y + 15};
            mm3 += double(p.medium_mm3);
            square += double(p.medium_mm3 * glm::dot(off, off));
        });
        return std::pair{mm3, std::sqrt(2 * square / mm3)};
    };
    auto const [mm3, radius] = of(1);
    for (float const room : {0.36f, 1.44f}) {
        auto const [now_mm3, now_radius] = of(room);
        EXPECT_NEAR(now_mm3 / mm3, double(room), 1e-5);
        EXPECT_NEAR(now_radius / radius, std::sqrt(double(room)), 0.01);
        test::measured("wide_vessel_drawn_radius_mm", now_radius);
    }
}

TEST(ContrastPicture, draws_a_thin_vessel_as_a_tube_of_its_volume)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content = picture.contents(block.shares(block.thin, 0.5f), no_bed, at_rest, iodine_solution(350));
    ASSERT_EQ(content.tubes.size(), 1u);
    EXPECT_TRUE(content.clouds.empty());
    ContentTube const& tube = content.tubes[0];
    EXPECT_EQ(int(tube.share.size()),
              block.cells.first[std::size_t(block.thin) + 1] - block.cells.first[std::size_t(block.thin)]);
    EXPECT_EQ(tube.points_mm.size(), tube.share.size() + 1);
    EXPECT_EQ(tube.radii_mm.size(), tube.points_mm.size());
    EXPECT_EQ(tube.points_mm.front(), (Vec3{15, -15, 20}));
    EXPECT_EQ(tube.points_mm.back(), (Vec3{-20, -15, 20}));
    double const expected = 0.5 * volume_mm3(block.cells, block.thin);
    // One cone in place of the centre line's own steps within each cell.
    EXPECT_NEAR(medium_mm3(tube), expected, 0.005 * expected);
}

TEST(ContrastPicture, draws_only_the_pieces_that_hold_medium)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    std::vector<float> shares = block.shares(block.thin, 0);
    int const first = block.cells.first[std::size_t(block.thin)];
    for (int const cell : {first + 2, first + 3, first + 8}) shares[std::size_t(cell * LumenWord::lanes)] = 0.6f;
    Content const content = picture.contents(shares, no_bed, at_rest, iodine_solution(350));
    ASSERT_EQ(content.tubes.size(), 2u);
    EXPECT_EQ(content.tubes[0].share.size(), 2u);
    EXPECT_EQ(content.tubes[1].share.size(), 1u);
    EXPECT_FLOAT_EQ(content.tubes[1].share[0], 0.1f); // one lane of six
}

TEST(ContrastPicture, draws_a_wide_vessel_as_a_cloud_of_its_volume)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content = picture.contents(block.shares(block.wide, 0.8f), no_bed, at_rest, iodine_solution(350));
    EXPECT_TRUE(content.tubes.empty());
    ASSERT_EQ(content.clouds.size(), 1u);
    Content::Cloud const& cloud = content.clouds[0];
    ContentPlaces const& places = *cloud.places;
    ASSERT_EQ(places.first.size(), cloud.share.size() + 1);
    EXPECT_TRUE(std::is_sorted(places.first.begin(), places.first.end()));
    EXPECT_EQ(places.first.back(), places.at_mm.size());
    EXPECT_EQ(places.volume_mm3.size(), places.at_mm.size());
    double const expected = 0.8 * volume_mm3(block.cells, block.wide);
    // Voxels of 1 mm (2 %), and a round end where the vessel stops (6 mm of 45).
    EXPECT_NEAR(medium_mm3(cloud), expected, 0.2 * expected);
    for (std::size_t slot = 0; slot < cloud.share.size(); ++slot)
        for (std::size_t i = places.first[slot]; i < places.first[slot + 1] && cloud.share[slot] > 0; ++i) {
            double const off = glm::length(glm::dvec2{places.at_mm[i]} - glm::dvec2{15, -15});
            EXPECT_LT(off, 6 + 0.5);
            // A place's lane is where it lies: six rings of equal area, but for places on the line between two.
            if (std::abs(places.at_mm[i].z) < 15) {
                EXPECT_NEAR(double(slot % LumenWord::lanes) + 0.5, std::min(6 * off * off / 36, 5.5), 0.5 + 1e-6);
            }
        }
}

TEST(ContrastPicture, fills_a_chamber_by_its_label)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content = picture.contents(block.shares(block.cavity, 0.25f), no_bed, at_rest, iodine_solution(350));
    EXPECT_TRUE(content.tubes.empty()); // though its centre line is of 4 mm, a chamber is no tube
    ASSERT_EQ(content.clouds.size(), 1u);
    EXPECT_NEAR(medium_mm3(content.clouds[0]), 0.25 * 8000, 1);
    EXPECT_NEAR(content.clouds[0].places->displaced.soft_g_cm3, basis_densities(45).soft_g_cm3, 0.01);
    // Contracted to 3 mL of the same blood, its places hold the medium in those.
    Content const less =
        picture.contents(block.shares(block.cavity, 0.25f), no_bed, {3, 0, 0, 0}, iodine_solution(350));
    EXPECT_NEAR(medium_mm3(less.clouds[0]), 0.25 * 3000, 1);
}

TEST(ContrastPicture, muscle_blushes_with_the_bed_of_the_nearest_artery)
{
    Block const block;
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    std::vector<float> const bed{0.3f, 0.9f};
    Content const content = picture.contents(block.shares(block.wide, 0), bed, at_rest, iodine_solution(350));
    ASSERT_EQ(content.clouds.size(), 1u);
    Content::Cloud const& cloud = content.clouds[0];
    ASSERT_EQ(cloud.share.size(), 2u);
    // All muscle belongs to the one coronary bed and shows the medium in its 3 mL; the other bed hangs on no coronary.
    EXPECT_NEAR(medium_mm3(cloud), 0.3 * 3000, 1);
    EXPECT_NEAR(double(cloud.places->at_mm.size()) * 27, 60 * 60 * 60 - 8000, 0.02 * 208000); // lattice of 3 mm
    EXPECT_EQ(cloud.places->first[1], cloud.places->first[2]);
    EXPECT_NEAR(cloud.places->size_mm, 3, 1e-9);
    // No muscle holds more than a tenth of blood.
    std::vector<CapillaryBed> flooded = block.beds;
    flooded[0].volume_ml = 100;
    ContrastPicture const full{block.graph, block.cells, block.patient, flooded};
    EXPECT_FLOAT_EQ(full.contents(block.shares(block.wide, 0), bed, at_rest, iodine_solution(350)).clouds[0].share[0],
                    0.03f);
}

TEST(ContrastPicture, territories_belong_to_the_nearest_artery_and_fade_into_each_other)
{
    Block block;
    int const other = block.graph.add_node({15, -15, -28});
    int const twin = block.graph.add_edge("twin", other, {{15, -15, -20}, {-20, -15, -20}}, {1.5, 1.2, 1},
                                          WallClass::coronary, 1056);
    block.beds.push_back({block.graph.edges[std::size_t(twin)].to, 0, "twin", 3, 1});
    block.cells = divide(block.graph, 1.5);
    ContrastPicture const picture{block.graph, block.cells, block.patient, block.beds};
    Content const content =
        picture.contents(std::vector<float>(std::size_t(block.cells.count()) * LumenWord::lanes, 0.0f),
                         std::vector<float>{1, 1, 1}, at_rest, iodine_solution(350));
    ASSERT_EQ(content.clouds.size(), 1u);
    ContentPlaces const& places = *content.clouds[0].places;
    // The arteries run 20 mm above and below: of places at z = 12 the way to the nearer one is some 24 mm shorter at
    // y = -15, e^-8; in the plane between them chance alone decides.
    double far = 0, strayed = 0, between = 0, upper = 0;
    for (std::size_t bed : {0u, 2u})
        for (std::size_t i = places.first[bed]; i < places.first[bed + 1]; ++i) {
            glm::vec3 const& at = places.at_mm[i];
            if (std::abs(at.y + 15) < 5 && std::abs(at.z) > 12) {
                ++far;
                strayed += (at.z > 0) != (bed == 0);
            }
            if (std::abs(at.z) < 1.6) {
                ++between;
                upper += bed == 0;
            }
        }
    EXPECT_GT(far, 500);
    EXPECT_LT(strayed / far, 0.01);
    // The one layer of the lattice there lies at z = 1: odds of at most e^(2/3), 0.66.
    EXPECT_NEAR(upper / between, 0.5, 0.2);
}

} // namespace
} // namespace fluoro

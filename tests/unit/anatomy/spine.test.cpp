#include "vertebra_specimen.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <set>

namespace fluoro {
namespace {

using test::label_at;
using test::Specimen;
using test::spine_of;

struct Published {
    char const* level;
    double posterior, anterior, width, depth, pedicle, canal_width, canal_depth, pedicle_angle_deg;
};

// Heights: Egwu 2019 (thoracic, 16.9-18.8 in front, 17.6-20.5 behind), CT of L5 (30.3 in front, 26.3 behind of 36 mm
// deep bodies); C5 over its uncinate processes 22 mm (north-west Indian bones, upper surfaces of C3 to C6 20.2-23.8)
// and 23.6 (Galloway collection); pedicles: Kaur 2016 (T4 4.5, T12 8.3), L5 16.1; canal of L5 28 x 15.6. Others
// typical. Between people the spread is about 8 % in sizes of bodies and 15-20 % in pedicles and canals; ours must be
// within one of those.
TEST(Spine, vertebrae_have_the_published_sizes_in_half_millimetre_voxels)
{
    constexpr Published rows[] = {
        {"C5", 12, 11.7, 22.5, 15, 5.4, 25, 15, 44},    {"T2", 17.6, 16.9, 26, 18, 7.0, 18, 15.5, 27},
        {"T4", 18, 17.3, 26, 22, 4.5, 16.5, 15.5, 14},  {"T9", 20.5, 18.8, 31, 29.5, 5.9, 17.5, 15.5, 5},
        {"T12", 25, 23.5, 39, 33, 8.3, 21, 17, -9.8},   {"L1", 26.5, 25.5, 41, 33, 7.4, 22, 17, 10.9},
        {"L3", 27, 27.5, 44, 34, 10.2, 22.5, 15.5, 14}, {"L5", 26.3, 30.3, 48, 35.7, 16.1, 28.2, 15.6, 28},
    };
    test::Extremes heights{"spine_height_percent"}, end_plates{"spine_end_plate_percent"}, pedicles{"spine_pedicle_mm"},
        canals{"spine_canal_percent"};
    for (Published const& row : rows) {
        Specimen const s{row.level};
        heights.see_ratio(s.posterior_mm() / row.posterior);
        heights.see_ratio(s.anterior_mm() / row.anterior);
        EXPECT_NEAR(s.posterior_mm(), row.posterior, 0.08 * row.posterior) << row.level;
        EXPECT_NEAR(s.anterior_mm(), row.anterior, 0.08 * row.anterior) << row.level;
        double const width = s.end_plate_width_mm(), depth = s.end_plate_depth_mm();
        end_plates.see_ratio(width / row.width);
        end_plates.see_ratio(depth / row.depth);
        EXPECT_NEAR(width, row.width, 0.08 * row.width) << row.level;
        EXPECT_NEAR(depth, row.depth, 0.08 * row.depth) << row.level;
        double const a = radians(row.pedicle_angle_deg);
        double const pedicle = s.bone_mm(s.mark("pedicle-left-"), {std::cos(a), -std::sin(a), 0});
        pedicles.see(pedicle - row.pedicle);
        EXPECT_NEAR(pedicle, row.pedicle, 0.2 * row.pedicle + 0.5) << row.level;
        auto const is_open = [&s](int l) { return l != s.label && l > 0; };
        Vec3 const canal = s.mark("canal-");
        double const canal_width =
            s.run_mm({0, canal.y - 0.1 * row.canal_depth, s.mark("pedicle-left-").z}, {1, 0, 0}, is_open);
        canals.see_ratio(canal_width / row.canal_width);
        EXPECT_NEAR(canal_width, row.canal_width, 0.15 * row.canal_width) << row.level;
        // Behind the lower half of the body, where the lamina closes it.
        double const canal_depth = s.run_mm({0, canal.y, -0.4 * s.rim()}, {0, 1, 0}, is_open);
        canals.see_ratio(canal_depth / row.canal_depth);
        EXPECT_NEAR(canal_depth, row.canal_depth, 0.15 * row.canal_depth) << row.level;
    }
}

// A disc is as high as the mean of its front and back, within the half voxel at either end: 5 mm in the neck, 4-6 in
// the thorax, 9-12 in the loins.
TEST(Spine, discs_have_their_height)
{
    for (auto const& [level, least, most] : std::vector<std::tuple<char const*, double, double>>{
             {"C5", 4, 6.5}, {"T6", 3.5, 6}, {"L1", 7, 10}, {"L3", 9, 12}, {"L4", 9, 12.5}}) {
        Specimen const s{level};
        int const disc = label_of("intervertebral_disc");
        double sum = 0;
        for (double y : {-0.84, 0.8}) {
            Vec3 start{0, y * s.half_depth(), -s.rim()};
            while (s.label_here(start) == s.label) start.z -= 0.1;
            start.z -= 0.3;
            sum += s.run_mm(start, {0, 0, 1}, [disc](int l) { return l == disc; });
        }
        test::measured(std::string{"spine_disc_mm_"} + level, sum / 2);
        EXPECT_GT(sum / 2, least) << level;
        EXPECT_LT(sum / 2, most) << level;
    }
}

// A finger's breadth of canal, 9 mm, everywhere from the atlas to S2: nothing but fat, sac and cord.
TEST(Spine, the_canal_is_open_from_the_atlas_to_the_sacrum)
{
    for (char const* name : {"adult-male", "elderly-osteoporotic"}) {
        Anatomy const anatomy = spine_of(name);
        auto const& marks = anatomy.lumens.landmarks;
        Vec3 const top = marks.at("canal-C1"), bottom = marks.at("S1");
        Patient const voxels = voxelise(anatomy, {1, {Vec3{-12, -20, bottom.z - 10}, Vec3{12, 75, top.z + 8}}});
        std::set<int> const content{label_of("epidural_fat"), label_of("spinal_cord"), label_of("nerve_root")};
        for (int i = 0; i + 1 < int(Level::sacrum); ++i) {
            Vec3 const a = marks.at("canal-" + name_of(level_at(i))), b = marks.at("canal-" + name_of(level_at(i + 1)));
            for (double t = 0; t < 1; t += 0.04)
                for (int k = 0; k < 8; ++k) {
                    double const angle = radians(45.0 * k);
                    Vec3 const p = glm::mix(a, b, t) + 4.5 * Vec3{std::cos(angle), std::sin(angle), 0};
                    ASSERT_TRUE(content.contains(label_at(voxels, p)))
                        << name << ": " << label_at(voxels, p) << " between " << name_of(level_at(i))
                        << " and the next";
                }
        }
    }
}

// Bones of neighbours stay apart by at least 0.6 mm everywhere: joint gaps of 1.4 to 2 mm, times 0.89 in a small woman,
// less the unevenness of two surfaces (0.3 mm each) and the shortness of the distances (up to 13 %). Distances are read
// on a millimetre grid where boxes of neighbours overlap.
TEST(Spine, no_vertebra_touches_its_neighbour)
{
    for (char const* name : {"adult-male", "elderly-osteoporotic"}) {
        Anatomy const anatomy = spine_of(name);
        std::vector<Organ const*> bones;
        for (Organ const& organ : anatomy.organs)
            if (organ.name.starts_with("vertebra-") && organ.name != "vertebra-S1") bones.push_back(&organ);
        for (Organ const& organ : anatomy.organs)
            if (organ.name == "vertebra-S1") bones.push_back(&organ);
        ASSERT_EQ(bones.size(), 25u);
        test::Extremes gaps{std::string{"spine_gap_mm_"} + name};
        for (std::size_t i = 0; i + 1 < bones.size(); ++i) {
            Box const box = overlap(bones[i]->shape.bounds(), bones[i + 1]->shape.bounds());
            double least = 99;
            Vec3 where{0};
            for (double z = box.low.z; z < box.high.z; z += 1)
                for (double y = box.low.y; y < box.high.y; y += 1)
                    for (double x = box.low.x; x < box.high.x; x += 1) {
                        double const a = bones[i]->shape.distance_mm({x, y, z});
                        if (a > 2) {
                            x += std::floor(a - 1);
                            continue;
                        }
                        if (std::abs(a) > 0.6) continue; // read on the surface of the one, where distances are true
                        double const sum = a + bones[i + 1]->shape.distance_mm({x, y, z});
                        if (sum < least) {
                            least = sum;
                            where = {x, y, z};
                        }
                    }
            gaps.see(least);
            EXPECT_GT(least, 0.6) << name << " " << bones[i]->name << " and the next at " << where.x << ", " << where.y
                                  << ", " << where.z;
        }
    }
}

// What the voxeliser relies on: within the distance of a point nothing changes sides. Estimates may be 15 % long and
// half a millimetre: the voxeliser's blocks have a voxel of slack.
TEST(Spine, no_bone_disc_or_canal_changes_sides_within_its_distance)
{
    for (auto const& settings :
         std::vector<std::vector<std::string>>{{}, {"fracture=L1:biconcave:50;T12:wedge:40:posterior-wall"}}) {
        Anatomy const anatomy = spine_of("elderly-osteoporotic", settings);
        for (Organ const& organ : anatomy.organs) {
            Box const box = grown(organ.shape.bounds(), 8);
            for (int i = 1; i <= 500; ++i) {
                auto const share = [](int n) {
                    return Vec3{std::fmod(n * 0.8191725134, 1), std::fmod(n * 0.6710436067, 1),
                                std::fmod(n * 0.5497004779, 1)};
                };
                Vec3 const p = box.low + share(i) * (box.high - box.low);
                double const d = organ.shape.distance_mm(p);
                if (std::abs(d) > 25) continue; // farther than any block reaches
                for (int k = 1; k <= 24; ++k) {
                    Vec3 const q = 2.0 * share(k) - 1.0;
                    double const there =
                        organ.shape.distance_mm(p + 0.85 * std::abs(d) * q / std::max(1.0, glm::length(q)));
                    ASSERT_TRUE(d > 0 ? there > -0.5 : there < 0.5)
                        << organ.name << ": " << d << " here, " << there << " beside";
                }
                if (d < 0) {
                    Box const& bounds = organ.shape.bounds();
                    ASSERT_TRUE(glm::all(glm::greaterThanEqual(p, bounds.low)) &&
                                glm::all(glm::lessThanEqual(p, bounds.high)))
                        << organ.name;
                }
            }
        }
    }
}

// The bones' gaps again, in voxels of 0.5 mm, in which fitting and cement see them.
TEST(Spine, labels_of_neighbouring_vertebrae_never_meet)
{
    int const first = label_of("vertebrae_L5"), last = label_of("vertebrae_C1");
    for (char const* level : {"C5", "T7", "L4"}) {
        Specimen const s{level};
        glm::ivec3 const n = s.voxels.ct.grid.size;
        std::size_t const steps[] = {1, std::size_t(n.x), std::size_t(n.x) * std::size_t(n.y)};
        auto const is_vertebra = [&](int l) { return l >= first && l <= last; };
        std::size_t met = 0;
        for (std::size_t i = 0; i < s.voxels.labels.size(); ++i)
            for (std::size_t step : steps)
                if (i + step < s.voxels.labels.size() && is_vertebra(s.voxels.labels[i]) &&
                    is_vertebra(s.voxels.labels[i + step]) && s.voxels.labels[i] != s.voxels.labels[i + step])
                    ++met;
        EXPECT_EQ(met, 0u) << level;
    }
}

TEST(Spine, landmarks_are_inside_what_they_name)
{
    Anatomy const anatomy = spine_of("adult-female");
    auto const& marks = anatomy.lumens.landmarks;
    for (int i = 0; i < int(Level::sacrum); ++i) {
        std::string const name = name_of(level_at(i));
        auto const bone = std::ranges::find(anatomy.organs, "vertebra-" + name, &Organ::name);
        ASSERT_NE(bone, anatomy.organs.end());
        for (std::string const& what : {name, "pedicle-left-" + name, "pedicle-right-" + name, "spinous-" + name,
                                        "transverse-left-" + name, "transverse-right-" + name}) {
            if (i == 0 && what.starts_with("pedicle")) continue; // the atlas has none
            ASSERT_TRUE(marks.contains(what)) << what;
            EXPECT_LT(bone->shape.distance_mm(marks.at(what)), 0.3) << what;
        }
        EXPECT_GT(bone->shape.distance_mm(marks.at("canal-" + name)), 4) << name;
    }
    for (int rib = 1; rib <= 12; ++rib)
        for (std::string const side : {"left-", "right-"}) {
            auto const bone = std::ranges::find(anatomy.organs, "vertebra-T" + std::to_string(rib), &Organ::name);
            // Ribs touch the cartilage on the bone: outside but for its unevenness, not further than 5 mm.
            for (char const* joint : {"costovertebral-", "costotransverse-"}) {
                double const d = bone->shape.distance_mm(marks.at(joint + side + std::to_string(rib)));
                EXPECT_GT(d, -0.8) << joint << side << rib;
                EXPECT_LT(d, 5) << joint << side << rib;
            }
        }
    EXPECT_EQ(marks.at("pedicle-left-L1").x, -marks.at("pedicle-right-L1").x);
}

// Left and right differ as they do in people: by a per cent or two in volume.
TEST(Spine, left_and_right_are_nearly_alike_unless_asked)
{
    for (char const* level : {"T8", "L2"}) {
        Specimen const s{level};
        double left = 0, right = 0;
        for (int k = 0; k < s.voxels.ct.grid.size.z; ++k)
            for (int j = 0; j < s.voxels.ct.grid.size.y; ++j)
                for (int i = 0; i < s.voxels.ct.grid.size.x; ++i) {
                    Grid const& g = s.voxels.ct.grid;
                    if (s.voxels
                            .labels[(std::size_t(k) * std::size_t(g.size.y) + std::size_t(j)) * std::size_t(g.size.x) +
                                    std::size_t(i)] != s.label)
                        continue;
                    (g.origin_mm.x + 0.5 * i > 0 ? left : right) += 1;
                }
        EXPECT_NEAR(left / right, 1, 0.04) << level;
        EXPECT_NE(left, right) << level;
    }
    PatientParameters p = built_in_patient("adult-male");
    for (int i = 0; i < levels; ++i) EXPECT_EQ(plan_body(p).vertebra(level_at(i)).frame.origin_mm.x, 0);
    set(p, "scoliosis_deg=30");
    BodyPlan const bent = plan_body(p);
    auto const lean = [&](int n) {
        Vec3 const up = bent.vertebra(Level(int(Level::t1) + n - 1)).frame.up;
        return degrees(std::atan2(up.x, up.z));
    };
    EXPECT_NEAR(lean(5) - lean(12), 30, 1); // the Cobb angle, between the end vertebrae T5 and T12
    EXPECT_LT(bent.vertebra(Level(int(Level::t1) + 7)).frame.origin_mm.x, -10); // convex to the right
}

} // namespace
} // namespace fluoro

// Needles, cement and balloons in the vertebrae of the built-in patients; places by landmarks and labels.
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/instruments/instruments.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// From T11 to L2 and back to the skin.
std::shared_ptr<Patient const> spine(std::vector<std::string> const& options)
{
    PatientParameters parameters = built_in_patient("elderly-osteoporotic");
    for (auto const& option : options) set(parameters, option);
    Anatomy const anatomy = build_anatomy(parameters);
    auto const& marks = anatomy.lumens.landmarks;
    Vec3 const low = marks.at("L2"), high = marks.at("T11");
    VoxelSettings settings;
    settings.spacing_mm = 1;
    settings.region_mm = {{-55, std::min(low.y, high.y) - 30, low.z - 22}, {55, 140, high.z + 22}};
    return std::make_shared<Patient const>(voxelise(anatomy, settings));
}

std::shared_ptr<Patient const> wedged()
{
    static auto const made = spine({"fracture=L1:wedge:40"});
    return made;
}

struct Room {
    std::shared_ptr<Patient const> patient;
    Instruments hand{patient, std::make_shared<ToolLibrary>(), 1};
    std::vector<BodyOrder> effects;
    std::vector<std::string> notes;

    explicit Room(std::shared_ptr<Patient const> who) : patient{std::move(who)} {}
    void wait(double s)
    {
        for (int n = 0; n < s * ticks_per_second; ++n) {
            hand.advance(nullptr, effects);
            auto const& now = hand.status().notes;
            notes.insert(notes.end(), now.begin(), now.end());
        }
    }
    Vec3 mark(std::string const& name) const { return patient->lumens.landmarks.at(name); }
    NeedleStatus needle(std::string const& name) const
    {
        for (auto const& one : hand.status().needles)
            if (one.name == name) return one;
        return {};
    }
    VertebraStatus vertebra(std::string const& level) const
    {
        for (auto const& one : hand.status().vertebrae)
            if (one.level == level) return one;
        return {};
    }
    int label_at(Vec3 const& p) const
    {
        glm::ivec3 const i{glm::round(map_point(patient->ct.grid.index_from_patient(), p))},
            size = patient->ct.grid.size;
        return patient->labels[(std::size_t(i.z) * std::size_t(size.y) + std::size_t(i.y)) * std::size_t(size.x) +
                               std::size_t(i.x)];
    }
    /// Where a point lies in a body: 0 at its back wall, 1 at its front wall.
    double forward_share(std::string const& level, Vec3 const& p) const
    {
        Vec3 const forward = glm::normalize(mark(level) - mark("canal-" + level));
        int const label = label_at(mark(level));
        double front = 0, back = 0;
        while (label_at(mark(level) + front * forward) == label) front += 0.25;
        while (label_at(mark(level) - back * forward) == label) back += 0.25;
        return (glm::dot(p - mark(level), forward) + back) / (front + back);
    }
    /// Through a pedicle to a place off the body's middle, hammered where the hand is not enough.
    void drive(std::string const& tool, std::string const& side, std::string const& level, Vec3 const& offset_mm)
    {
        ASSERT_EQ(hand.order(AimNeedle{tool, {"pedicle-" + side + "-" + level, {}}, {level, offset_mm}}), "");
        Vec3 const goal = mark(level) + offset_mm;
        for (int blow = 0; blow < 60 && glm::length(needle(tool).tip_mm - goal) > 2.5; ++blow) {
            double const left = glm::length(needle(tool).tip_mm - goal);
            ASSERT_EQ(hand.order(MoveTool{tool, 20, 0, needle(tool).depth_mm + left, {}}), "");
            wait(blow == 0 ? 5 : 0.3);
            if (glm::length(needle(tool).tip_mm - goal) > 2.5) {
                ASSERT_EQ(hand.order(HammerNeedle{tool, 0.5}), "");
            }
        }
    }
};

double outside_ml(VertebraStatus const& one)
{
    double sum = 0;
    for (int place = 0; place < cement_places; ++place)
        if (is_leak(CementPlace(place))) sum += one.ml[std::size_t(place)];
    return sum;
}

TEST(SpineWork, needle_goes_through_the_pedicle_of_t12_and_cement_of_one_mix_into_two_vertebrae)
{
    Room room{wedged()};
    room.drive("bone-11g", "right", "T12", Vec3{-5, -8, -3});
    room.drive("bone-11g#2", "left", "T12", Vec3{5, -8, -3});
    for (std::string const tool : {"bone-11g", "bone-11g#2"}) {
        NeedleStatus const needle = room.needle(tool);
        double const share = room.forward_share("T12", needle.tip_mm);
        test::measured(tool == "bone-11g" ? "t12_tip_forward_right" : "t12_tip_forward_left", share);
        EXPECT_GT(share, 2.0 / 3) << "in the front third";
        EXPECT_LT(share, 0.95);
        std::printf("%s %.1f mm deep\n", tool.c_str(), needle.depth_mm);
        EXPECT_EQ(needle.breaches, 0) << needle.last_breach;
        // The way between pedicle and tip lies in the bone, the needle's whole width beside the canal.
        std::string const side = tool == "bone-11g" ? "right" : "left";
        Vec3 const pedicle = room.mark("pedicle-" + side + "-T12");
        Vec3 const along = glm::normalize(needle.tip_mm - pedicle);
        int const label = room.label_at(room.mark("T12"));
        for (double at = -4; at < glm::length(needle.tip_mm - pedicle); at += 0.5)
            for (int n = 0; n < 8; ++n) {
                Vec3 const across = glm::normalize(glm::cross(along, Vec3{0, 0, 1}));
                Vec3 const out = std::cos(n * 0.785) * across + std::sin(n * 0.785) * glm::cross(along, across);
                EXPECT_EQ(room.label_at(pedicle + at * along + 1.5 * out), label)
                    << tool << " at " << at << " " << out.x << " " << out.y << " " << out.z;
            }
    }
    ASSERT_EQ(room.hand.order(MixCement{true}), "");
    room.wait(210);
    for (std::string const tool : {"bone-11g", "bone-11g#2"}) {
        ASSERT_EQ(room.hand.order(PushCement{tool, 0.2}), "");
        room.wait(10);
        ASSERT_EQ(room.hand.order(PushCement{tool, 0}), "");
    }
    VertebraStatus const t12 = room.vertebra("T12");
    EXPECT_NEAR(t12.total_ml, 4, 0.05);
    for (int place = 0; place < cement_places; ++place)
        std::printf("%s %.3f mL\n", std::string{name_of(CementPlace(place))}.c_str(), t12.ml[std::size_t(place)]);
    EXPECT_EQ(outside_ml(t12), 0) << "too thick for veins";
    EXPECT_EQ(t12.ml[std::size_t(CementPlace::canal)] + t12.ml[std::size_t(CementPlace::disc)], 0);
    test::measured("t12_cement_ml", t12.total_ml);
    test::measured("t12_cement_outside_ml", outside_ml(t12));

    // The next vertebra, of the same mix.
    room.drive("bone-13g", "right", "L2", Vec3{-6, -6, -2});
    ASSERT_EQ(room.hand.order(PushCement{"bone-13g", 0.1}), "");
    room.wait(10);
    ASSERT_EQ(room.hand.order(PushCement{"bone-13g", 0}), "");
    EXPECT_NEAR(room.vertebra("L2").total_ml, 1, 0.03);
    EXPECT_EQ(room.vertebra("T12").total_ml, t12.total_ml);
    EXPECT_NEAR(room.hand.status().cement->total_ml, t12.total_ml + room.vertebra("L2").total_ml, 1e-9);
    // Both are in the picture, whole.
    room.wait(0.1);
    double drawn = 0;
    for (ToolCloud const& cloud : room.hand.picture(nullptr).clouds)
        for (CloudParcel const& parcel : cloud.parcels) drawn += double(parcel.volume_mm3) / 1000;
    double const gone = room.hand.status().cement->ml[std::size_t(CementPlace::lungs)];
    EXPECT_NEAR(drawn + gone, room.hand.status().cement->total_ml, 1e-3);
    // Another mix does not go into what is there already.
    ASSERT_EQ(room.hand.order(MixCement{false}), "");
    EXPECT_NE(room.hand.order(PushCement{"bone-11g", 0.1}).find("earlier mix"), std::string::npos);
}

TEST(SpineWork, cement_leaks_into_the_canal_through_a_broken_back_wall_and_is_named)
{
    auto const space_of = [](Patient const& patient) {
        return std::make_shared<BoneSpace const>(bone_space(patient, "L1"));
    };
    auto const broken = spine({"fracture=L1:wedge:40:posterior-wall"}), unbroken = wedged();
    auto const broken_space = space_of(*broken), whole_space = space_of(*unbroken);
    auto const leak = [&](std::shared_ptr<BoneSpace const> const& space, bool is_thick) {
        auto const& patient = unbroken; // both have the same landmarks
        CementMix const mix = is_thick ? high_viscosity_cement() : low_viscosity_cement();
        Cement cement{space, mix, 3};
        Vec3 const ahead =
            glm::normalize(patient->lumens.landmarks.at("L1") - patient->lumens.landmarks.at("canal-L1"));
        // Behind the middle, beside the basivertebral vein.
        for (int n = 0; n < 45; ++n)
            cement.inject(patient->lumens.landmarks.at("L1") + Vec3{3, 0, 0} - 8.0 * ahead, 0.1, 240 + n, 1);
        for (auto const& one : cement.leaks())
            std::printf("%s after %.2f mL\n", std::string{name_of(one.into)}.c_str(), one.after_ml);
        return cement.volume_ml(CementPlace::canal);
    };
    // Too thick for veins: through the wall alone.
    double const through = leak(broken_space, true), whole = leak(whole_space, true);
    // Thin cement comes there by the basivertebral vein as well.
    double const thin = leak(whole_space, false);
    test::measured("canal_leak_by_vein_ml", thin);
    EXPECT_GT(thin, 0.01);
    test::measured("canal_leak_broken_wall_ml", through);
    test::measured("canal_leak_whole_wall_ml", whole);
    EXPECT_EQ(whole, 0);
    EXPECT_GT(through, 0.1);
    // The wall of the one has a hole of some millimetres where the other has none.
    auto const open = [](Patient const& patient, BoneSpace const& space) {
        Vec3 const middle = patient.lumens.landmarks.at("L1"), canal = patient.lumens.landmarks.at("canal-L1");
        int count = 0;
        for (std::size_t n = 0; n < space.place.size(); ++n) {
            int const at = int(n);
            glm::ivec3 const size = space.grid.size;
            Vec3 const p = space.grid.at({at % size.x, at / size.x % size.y, at / (size.x * size.y)});
            bool const is_edge = glm::any(glm::lessThan(p, space.grid.at(glm::ivec3{1}))) ||
                                 glm::any(glm::greaterThan(p, space.grid.at(size - 2)));
            if (is_edge || space.place[n] != CementPlace::canal || std::abs(p.x - middle.x) > 9 || p.y > canal.y)
                continue;
            for (int step = -1; step <= 1; step += 2) // marrow that touches the canal
                for (std::size_t const way : {std::size_t(1), std::size_t(size.x), std::size_t(size.x * size.y)})
                    if (space.place[n + std::size_t(step) * way] == CementPlace::marrow) ++count;
        }
        return count;
    };
    EXPECT_GT(open(*broken, *broken_space), 10);
    EXPECT_EQ(open(*unbroken, *whole_space), 0);
}

TEST(SpineWork, balloon_makes_room_lifts_the_end_plate_and_cement_fills_the_room_first)
{
    Room room{wedged()};
    Vec3 const front{-2, -11, -1};
    room.drive("bone-11g", "right", "L1", front);
    double const depth = room.needle("bone-11g").depth_mm;
    std::printf("%.1f mm deep\n", depth);
    ASSERT_EQ(room.hand.order(TakeTool{"kyphoplasty-20", "bone-11g"}), "");
    ASSERT_EQ(room.hand.order(MoveTool{"kyphoplasty-20", 60, 0, 200.0, {}}), "");
    room.wait(3);
    EXPECT_NE(room.hand.order(InflateBalloon{"kyphoplasty-20", 10}).find("still in the cannula"), std::string::npos);
    ASSERT_EQ(room.hand.order(MoveTool{"bone-11g", -20, 0, depth - 24, {}}), "");
    room.wait(2);
    ASSERT_EQ(room.hand.order(MoveTool{"kyphoplasty-20", 60, 0, 200.0, {}}), "");
    room.wait(2);
    ASSERT_EQ(room.hand.order(InflateBalloon{"kyphoplasty-20", 26}), "");
    room.wait(40);
    BoneBalloonStatus const open = room.hand.status().bone_balloons.at(0);
    double const lifted_open = room.vertebra("L1").lifted_mm;
    EXPECT_GT(open.volume_ml, 1);
    EXPECT_LE(open.volume_ml, 6);
    EXPECT_GT(room.vertebra("L1").lost_height_mm, 5);
    EXPECT_GT(lifted_open, 1);
    test::measured("kyphoplasty_lost_mm", room.vertebra("L1").lost_height_mm);
    test::measured("kyphoplasty_lifted_mm", lifted_open);
    test::measured("kyphoplasty_volume_ml", open.volume_ml);
    // Contrast medium in the picture: an ellipsoid of that volume.
    ASSERT_EQ(room.hand.order(InflateBalloon{"kyphoplasty-20", 0}), "");
    room.wait(15);
    VertebraStatus const empty = room.vertebra("L1");
    EXPECT_NEAR(empty.hollow_ml, open.volume_ml, 1e-6);
    EXPECT_NEAR(empty.lifted_mm, 0.85 * lifted_open, 0.01);
    EXPECT_NE(room.hand.order(PushCement{"bone-11g", 0.1}), "") << "none is mixed";
    ASSERT_EQ(room.hand.order(MixCement{true}), "");
    EXPECT_NE(room.hand.order(PushCement{"bone-11g", 0.1}).find("put it away"), std::string::npos);
    ASSERT_EQ(room.hand.order(MoveTool{"kyphoplasty-20", -80, 0, 0.0, {}}), "");
    room.wait(4);
    ASSERT_EQ(room.hand.order(PutToolAway{"kyphoplasty-20"}), "");
    room.wait(240);
    // Back to the end of the channel's hollow, then cement.
    ASSERT_EQ(room.hand.order(MoveTool{"bone-11g", 20, 0, depth - 10, {}}), "");
    room.wait(2);
    ASSERT_EQ(room.hand.order(PushCement{"bone-11g", 0.2}), "");
    room.wait(0.7 * empty.hollow_ml / 0.2);
    VertebraStatus const half = room.vertebra("L1");
    EXPECT_GT(half.ml[std::size_t(CementPlace::hollow)], 0.9 * half.total_ml) << "the room first";
    room.wait(0.6 * empty.hollow_ml / 0.2);
    VertebraStatus const more = room.vertebra("L1");
    EXPECT_GT(more.ml[std::size_t(CementPlace::marrow)], 0.05 * more.total_ml);
    EXPECT_EQ(more.ml[std::size_t(CementPlace::disc)] + more.ml[std::size_t(CementPlace::canal)], 0);
    test::measured("kyphoplasty_hollow_share", half.ml[std::size_t(CementPlace::hollow)] / half.total_ml);
}

} // namespace
} // namespace fluoro

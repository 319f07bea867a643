#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

double angle_between(Level a, Level b, BodyPlan const& plan)
{
    return degrees(std::acos(glm::dot(plan.vertebra(a).frame.up, plan.vertebra(b).frame.up)));
}

// Lordosis L1 to the sacrum about 50 degrees, kyphosis T1-T12 about 40; lying on the back a little less of both.
TEST(BodyPlan, the_spine_has_its_curves)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    EXPECT_NEAR(angle_between(Level::l1, Level::sacrum, plan), 50, 10);
    EXPECT_NEAR(angle_between(Level::t1, Level::t12, plan), 40, 6);
}

// Thoracic 27-30 cm, lumbar 17-19 cm with their discs.
TEST(BodyPlan, the_spine_has_its_length)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    auto const length = [&](Level from, Level to) {
        double sum = 0;
        for (int i = int(from); i <= int(to); ++i) {
            VertebraPlan const& v = plan.spine[std::size_t(i)];
            sum += v.posterior_height_mm + v.disc_below_mm;
        }
        return sum;
    };
    EXPECT_NEAR(length(Level::t1, Level::t12), 290, 15);
    EXPECT_NEAR(length(Level::l1, Level::l5), 180, 10);
}

TEST(BodyPlan, neighbouring_vertebrae_leave_room_for_the_disc)
{
    for (auto const& name : built_in_patient_names()) {
        BodyPlan const plan = plan_body(built_in_patient(name));
        for (int i = int(Level::c1) + 2; i + 1 < levels; ++i) {
            VertebraPlan const &upper = plan.spine[std::size_t(i)], &lower = plan.spine[std::size_t(i) + 1];
            double const apart = glm::length(upper.frame.origin_mm - lower.frame.origin_mm);
            double const halves = (upper.anterior_height_mm + upper.posterior_height_mm + lower.anterior_height_mm +
                                   lower.posterior_height_mm) /
                                  4;
            EXPECT_NEAR(apart - halves, upper.disc_below_mm, 1.0) << name << " " << name_of(level_at(i));
        }
    }
}

bool is_limb(std::string const& place)
{
    for (char const* joint : {"shoulder", "elbow", "wrist", "knee", "ankle"})
        if (place.starts_with(joint)) return true;
    return false;
}

TEST(BodyPlan, every_place_is_inside_the_skin)
{
    for (auto const& name : built_in_patient_names()) {
        BodyPlan const plan = plan_body(built_in_patient(name));
        for (auto const& [what, p] : plan.places) {
            // The head and the limbs are not part of the outline.
            if (p.z > plan.vertebra(Level(2)).frame.origin_mm.z || is_limb(what)) continue;
            BodyPlan::Outline const o = plan.outline(p.z);
            EXPECT_LT(std::abs(p.x), o.half_width_mm) << name << " " << what;
            EXPECT_GT(p.y, o.front_mm) << name << " " << what;
            EXPECT_LT(p.y, o.back_mm) << name << " " << what;
        }
    }
}

TEST(PatientParameters, an_unknown_name_key_or_value_is_told_what_there_is)
{
    EXPECT_THROW(built_in_patient("adult"), Error);
    PatientParameters p = built_in_patient("adult-female");
    EXPECT_THROW(set(p, "height_mm"), Error);
    EXPECT_THROW(set(p, "height_mm=tall"), Error);
    EXPECT_THROW(set(p, "height_mm=900"), Error);
    EXPECT_THROW(set(p, "wings=2"), Error);
    set(p, "height_mm=1700");
    EXPECT_EQ(p.height_mm, 1700);
}

} // namespace
} // namespace fluoro

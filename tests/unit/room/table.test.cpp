#include <fluoro/physics/beam.hpp>
#include <fluoro/room/room.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

RoomKind const& kind()
{
    return find_room_kind("c-arm-suite");
}

Room room_with_table(RoomState const& start = {})
{
    return Room{kind(), start, {0, 0, 0}, {120, {3, 40}}};
}

double transmission(double kv, double copper_mm)
{
    std::vector<Layer> layers;
    for (Slab const& slab : room_with_table().table_slabs())
        layers.push_back({slab.material, slab.density_g_cm3 * slab.half_extent_mm.y * 2 / 10});
    Spectrum const beam = filtered_spectrum({TubeVoltage{kv}, Thickness{copper_mm}, Thickness{0}});
    return air_kerma_mGy_per_mas_1m(attenuated(beam, layers)) / air_kerma_mGy_per_mas_1m(beam);
}

// Measured on one angiographic table with its pad (rvbCMTS / PySkinDose, MIT, Axiom Artis laboratory 106, 2018):
// 0.6547. The pad's thickness was chosen to meet it; half a per cent covers its rounding to whole millimetres.
TEST(Table, passes_the_measured_share_at_80_kv_without_copper)
{
    EXPECT_NEAR(transmission(80, 0), 0.6547, 0.005 * 0.6547);
}

// Same measurement at other beams: two thicknesses stand for a real table's layers, so 2.5 % is what is claimed.
TEST(Table, follows_the_measured_share_over_voltage_and_copper)
{
    test::Extremes off{"table_share"};
    struct Measured {
        double kv, copper_mm, share;
    };
    for (Measured const m : {Measured{60, 0, 0.6192},
                             {100, 0, 0.6796},
                             {120, 0, 0.6937},
                             {60, 0.1, 0.6702},
                             {80, 0.1, 0.7004},
                             {120, 0.1, 0.7311},
                             {60, 0.3, 0.704},
                             {80, 0.3, 0.7319},
                             {120, 0.3, 0.7562},
                             {60, 0.9, 0.7204},
                             {80, 0.9, 0.754},
                             {120, 0.9, 0.7745}}) {
        off.see_ratio(transmission(m.kv, m.copper_mm) / m.share);
        EXPECT_NEAR(transmission(m.kv, m.copper_mm), m.share, 0.025 * m.share)
            << m.kv << " kV " << m.copper_mm << " mm Cu";
    }
}

TEST(Table, pad_begins_at_the_patients_back_and_the_top_under_the_pad)
{
    std::vector<Slab> const slabs = room_with_table().table_slabs();
    ASSERT_EQ(slabs.size(), 2u);
    auto const upper = [](Slab const& slab) { return slab.patient_from_slab[3].y - slab.half_extent_mm.y; };
    auto const lower = [](Slab const& slab) { return slab.patient_from_slab[3].y + slab.half_extent_mm.y; };
    EXPECT_DOUBLE_EQ(upper(slabs[0]), 120);
    EXPECT_DOUBLE_EQ(lower(slabs[0]), upper(slabs[1]));
    EXPECT_DOUBLE_EQ(lower(slabs[1]), 120 + kind().pad_mm + kind().top_mm);
    EXPECT_EQ(slabs[0].material, find_material("polyurethane"));
    EXPECT_EQ(slabs[1].material, find_material("carbon_fibre"));
    for (Slab const& slab : slabs) {
        EXPECT_EQ(slab.patient_from_slab[3].x, 3);
        EXPECT_EQ(slab.patient_from_slab[3].z, 40);
        EXPECT_GT(slab.half_extent_mm.z, slab.half_extent_mm.x); // long from head to feet
    }
}

TEST(Table, carries_the_patient_so_its_slabs_stay_where_they_are_in_the_patient)
{
    RoomState moved;
    moved.table_longitudinal_mm = 200;
    moved.table_height_mm = 50;
    std::vector<Slab> const at_rest = room_with_table().table_slabs(), after = room_with_table(moved).table_slabs();
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(at_rest[i].patient_from_slab, after[i].patient_from_slab);
}

TEST(Table, stands_between_source_and_patient_in_ap)
{
    Room const room = room_with_table();
    EXPECT_GT(room.view().source_mm.y, 120 + kind().pad_mm + kind().top_mm);
    EXPECT_LT(room.view().detector_centre_mm.y, 120);
}

} // namespace
} // namespace fluoro

#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/room/room.hpp>

namespace fluoro {

namespace {

/// Copper from the first to the last thickness in steps of a tenth of a millimetre, as plates of 0.1, 0.2, 0.3 and 0.3
/// mm give it, each kept over an equal share of the voltages; the last until `last_kv`.
std::vector<FilterBand> bands(double first_mm, double last_mm, double first_kv, double out_kv, double last_kv)
{
    int const steps = int(std::lround((first_mm - last_mm) * 10));
    std::vector<FilterBand> made;
    for (int i = 0; i < steps; ++i)
        made.push_back({std::round(first_mm * 10 - i) / 10, first_kv + (out_kv - first_kv) * (i + 1) / steps});
    made.push_back({last_mm, last_kv});
    return made;
}

std::array<ExposureProgramme, exposure_modes> programmes()
{
    std::array<ExposureProgramme, exposure_modes> all;
    auto const of = [&](ExposureMode mode) -> ExposureProgramme& { return all[std::size_t(mode)]; };

    ExposureProgramme fluoroscopy;
    fluoroscopy.rate_exponent = -0.5;
    fluoroscopy.ramp = {0.35, 0.7, 1};
    fluoroscopy.gain = 0.5;

    ExposureProgramme& normal = of(ExposureMode::fluoroscopy_normal) = fluoroscopy;
    normal.source = "order of the path: mA, then pulse width at constant kV, then kV up and copper out (Sukupova, Ces "
                    "Radiol 2013; 67:232); target: two C-arm systems gave 3.5 uR = 30.7 nGy per frame (RadioGraphics "
                    "2000; 20:1033); target ~ rate^-0.5 (equal visibility of still detail, Aufrichtig 1994) and ~ "
                    "1/field (usual maker's setting); the rest chosen";
    normal.target_kerma_nGy = 30;
    normal.first_kv = 65;
    normal.current_ma = {10, 200};
    normal.pulse_ms = {3, 8};
    normal.bands = bands(0.9, 0, 68, 100, 125);

    ExposureProgramme& low = of(ExposureMode::fluoroscopy_low) = fluoroscopy;
    low.source = "as fluoroscopy-normal, at about half of its entrance rate (a survey's 15 against 29 mGy/min), copper "
                 "kept to a higher voltage; chosen";
    low.target_kerma_nGy = 18;
    low.first_kv = 68;
    low.current_ma = {8, 160};
    low.pulse_ms = {3, 7};
    low.bands = bands(0.9, 0, 72, 112, 125);

    ExposureProgramme& high = of(ExposureMode::fluoroscopy_high) = fluoroscopy;
    high.source = "as fluoroscopy-normal, more dose and less copper for contrast; chosen";
    high.target_kerma_nGy = 40;
    high.first_kv = 65;
    high.current_ma = {10, 240};
    high.pulse_ms = {3, 10};
    high.bands = bands(0.7, 0, 68, 94, 125);

    ExposureProgramme& road_map = of(ExposureMode::road_map) = fluoroscopy;
    road_map.source = "100 to 400 nGy per frame are usual, from memory; stands still after the first frames, so that "
                      "contrast medium does not drive it; chosen";
    road_map.target_kerma_nGy = 150;
    road_map.first_kv = 65;
    road_map.current_ma = {10, 240};
    road_map.pulse_ms = {3, 12};
    road_map.bands = bands(0.3, 0, 70, 90, 125);
    road_map.free_pulses = 8;

    ExposureProgramme& cine = of(ExposureMode::cine);
    cine.source = "100 to 170 nGy per frame are usual, from memory; 7.5 instead of 15 frames per second gave 140 "
                  "against 255 mGy/min (Am J Cardiol 2016; 118:195): dose per frame ~ rate^-0.14; the rest chosen";
    cine.target_kerma_nGy = 150;
    cine.rate_exponent = -0.14;
    cine.first_kv = 68;
    cine.current_ma = {20, 620};
    cine.pulse_ms = {3, 8};
    cine.bands = bands(0.3, 0, 73, 97, 125);
    cine.ramp = {0.7, 1};
    cine.rates = {7.5, 15, 30};
    cine.first_rate = 15;

    ExposureProgramme& dsa = of(ExposureMode::dsa);
    dsa.source =
        "0.44 to 8.8 uGy per frame were studied at 70 kV and were limited by quanta below 2.2 (Gkanatsios, Med "
        "Phys 2002); 1 to 3.6 usual, from memory; the rest chosen";
    dsa.target_kerma_nGy = 2400;
    dsa.reference_rate = 3;
    dsa.rate_exponent = 0;
    dsa.first_kv = 70;
    dsa.current_ma = {40, 620};
    dsa.pulse_ms = {10, 80};
    dsa.bands = bands(0.3, 0, 74, 95, 125);
    dsa.gain = 1;
    dsa.free_pulses = 3;
    dsa.rates = {1, 2, 3, 4, 6};
    dsa.first_rate = 3;

    ExposureProgramme& single = of(ExposureMode::single) = dsa;
    single.source = "as dsa: one exposure from the patient as fluoroscopy found it; chosen";
    single.target_kerma_nGy = 2000;
    single.reference_rate = 1;
    single.free_pulses = 0;
    single.rates = {};
    single.first_rate = 0;
    return all;
}

RoomKind c_arm_suite()
{
    RoomKind kind;
    kind.name = "c-arm-suite";
    kind.source = "typical floor-mounted angiographic system (rounded from several makers' published ranges; no single "
                  "product): every figure may be changed";
    kind.source_to_isocentre_mm = 750;
    kind.source_to_detector_mm = {900, 1200};
    kind.primary_rad = {radians(-120), radians(120)};
    kind.secondary_rad = {radians(-45), radians(45)};
    kind.primary_speed_rad_s = radians(25);
    kind.secondary_speed_rad_s = radians(25);
    kind.detector_speed_mm_s = 90;
    kind.table_longitudinal_mm = {-600, 600};
    kind.table_lateral_mm = {-140, 140};
    kind.table_height_mm = {-150, 150};
    kind.table_speed_mm_s = 100;
    kind.table_half_width_mm = 230;
    kind.table_half_length_mm = 1400;
    // Solid-equivalent thicknesses that give the transmission measured on an angiographic table with its pad, 0.655 at
    // 80 kV without copper; docs/theory/exposure-control.md, "Table and pad".
    kind.pad_material = "polyurethane";
    kind.pad_density_g_cm3 = 0.06;
    kind.pad_mm = 61;
    kind.top_material = "carbon_fibre";
    kind.top_density_g_cm3 = 1.55;
    kind.top_mm = 8;
    kind.fields_mm = {300, 220, 160, 110};
    kind.pulse_rates = {3, 3.75, 7.5, 15, 30};
    kind.exposure.programmes = programmes();
    return kind;
}

/// Detector over the table, tube under it; both tilt with it, and the patient turns on it or stands against it.
RoomKind tilting_table()
{
    RoomKind kind = c_arm_suite();
    kind.name = "tilting-table";
    kind.source =
        "typical fluoroscopy table with an undertable tube (rounded from several makers' published ranges; no "
        "single product): every figure may be changed";
    kind.source_to_isocentre_mm = 650;
    kind.source_to_detector_mm = {850, 1150};
    kind.primary_rad = {0, 0};
    kind.secondary_rad = {radians(-30), radians(30)};
    kind.table_tilt_rad = {radians(-30), radians(90)};
    kind.table_tilt_speed_rad_s = radians(5);
    kind.patient_turn_rad = {radians(-180), radians(180)};
    kind.patient_turn_speed_rad_s = radians(30); // a patient who can help
    kind.table_longitudinal_mm = {-800, 800};
    kind.fields_mm = {400, 300, 220, 160};
    kind.top_mm = 12;
    kind.pad_mm = 20;
    return kind;
}

} // namespace

std::vector<double> const& acquisition_rates(RoomKind const& kind, AcquisitionKind acquisition)
{
    return kind.exposure.of(mode_of(acquisition)).rates;
}

RoomKind const& find_room_kind(std::string const& name)
{
    static std::vector<RoomKind> const kinds{c_arm_suite(), tilting_table()};
    std::string names;
    for (RoomKind const& kind : kinds) {
        if (kind.name == name) return kind;
        names += (names.empty() ? "" : ", ") + kind.name;
    }
    throw Error{"unknown room '" + name + "': no machine to stand the patient in; write one of: " + names};
}

} // namespace fluoro

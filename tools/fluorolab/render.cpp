#include "commands.hpp"
#include "json.hpp"
#include "landmark.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/body/body.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/detector/detector.hpp>
#include <fluoro/display/display.hpp>
#include <fluoro/dose/dosimeter.hpp>
#include <fluoro/image/files.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <fluoro/session/measuring_field.hpp>
#include <fluoro/session/staging.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <limits>

namespace fluoro {
namespace {

void require(bool condition, std::string const& otherwise)
{
    if (!condition) throw Error{otherwise};
}

void check_request(RenderRequest const& r)
{
    auto const finite = [](double v) { return std::isfinite(v); };
    require(finite(r.lao_deg) && finite(r.cran_deg) && std::abs(r.lao_deg) <= 360 && std::abs(r.cran_deg) <= 90,
            "--lao goes from -360 to 360 degrees and --cran from -90 to 90");
    require(r.sod_mm > 150 && r.sod_mm <= 5000,
            "--sod " + std::to_string(r.sod_mm) +
                ": the source stands more than 150 mm (the reference point) and at most 5000 mm from the isocentre");
    require(r.sid_mm > r.sod_mm && r.sid_mm <= 10000,
            "--sid must be larger than --sod (" + std::to_string(r.sod_mm) +
                " mm) and at most 10000 mm: the detector stands behind the isocentre");
    require(r.fov_mm >= 1 && r.fov_mm <= 2000, "--fov goes from 1 to 2000 mm");
    // The anode stands in the way of rays that leave the central one by more than its own angle.
    double const lit_mm = 2 * r.sid_mm * std::tan(radians(find_room_kind("c-arm-suite").tube.anode_angle_deg));
    require(r.fov_mm <= lit_mm, "--fov " + std::to_string(r.fov_mm) + ": at --sid " + std::to_string(r.sid_mm) +
                                    " the tube lights " + std::to_string(lit_mm) +
                                    " mm, beyond which its anode shades the detector; take a smaller field or a larger "
                                    "--sid");
    require(r.size_px >= 2 && r.size_px <= 4096, "--size goes from 2 to 4096 pixels");
    for (double const phase : r.phase)
        require(phase >= 0 && phase <= 1,
                "--phase: CARDIAC (0 = R wave) and RESPIRATORY (0 = out, 1 = in) go from 0 to 1");
    require(!r.inspiration_mm || (*r.inspiration_mm >= 0 && *r.inspiration_mm <= 60),
            "--inspiration goes from 0 (the end of a quiet breath out) to 60 mm");
    require(r.precision > 0 && r.precision <= 1, "--precision goes from above 0 to 1, e.g. 0.01");
    require(!r.mas || (*r.mas > 0 && *r.mas <= 1e5), "--mas goes from above 0 to 100000");
}

/// "X,Y,Z", a landmark's name, or the middle of the patient.
Vec3 target_of(std::string const& text, Patient const& patient)
{
    if (text.empty()) return patient.ct.grid.centre_mm();
    if (text.find(',') == std::string::npos) return landmark(patient, text, "--target");
    Vec3 target{0};
    char const* at = text.data();
    char const* const end = at + text.size();
    for (int axis = 0; axis < 3; ++axis) {
        auto const [next, error] = std::from_chars(at, end, target[axis]);
        require(error == std::errc{} && std::abs(target[axis]) <= 10000 && (axis == 2 ? next == end : *next == ','),
                "--target " + text +
                    ": X,Y,Z are places in the patient, -10000 to 10000 mm, or give a landmark's name");
        at = next + 1;
    }
    return target;
}

Scene stage(RenderRequest const& r, std::shared_ptr<Patient const> const& patient)
{
    Vec3 const target = target_of(r.target, *patient);
    RoomKind const& kind = find_room_kind("c-arm-suite");
    Scene scene;
    scene.patient = patient;
    scene.view = view_of({radians(r.lao_deg), radians(r.cran_deg)}, r.sid_mm, r.sod_mm, target);
    scene.pixels = {r.fov_mm, r.size_px, r.size_px};
    scene.blades = {-r.fov_mm / 2, r.fov_mm / 2, -r.fov_mm / 2, r.fov_mm / 2};
    scene.tube = kind.tube;
    if (r.grid == "in") scene.grid = kind.grid;
    scene.source_to_blades_mm = std::min(kind.source_to_blades_mm, 0.6 * r.sod_mm);
    if (r.table == "in") {
        scene.slabs = Room{kind, {}, target, lie_down(patient->ct)}.table_slabs();
    }
    scene.scintillator = r.detector == "ideal" ? Scintillator::ideal : Scintillator::csi_600um;
    scene.exposure = {{TubeVoltage{r.kv.value_or(80)}, Thickness{r.copper_mm}, Thickness{0}}, CurrentTime{1}};
    return scene;
}

/// What 1 mAs leaves in the scintillator, and how well its scatter is known.
struct Projection {
    Signal signal;
    double scatter_precision = 0; ///< relative standard error; 0 = not by chance
};

Projection project(Projector& projector, Scene const& scene, RenderRequest const& r)
{
    Projection result{projector.project(scene), 0};
    if (r.scatter == "kernel") LiveScatter{}.add(result.signal, scene);
    if (r.scatter == "monte-carlo") {
        std::fprintf(stderr, "scatter: following photons to a standard error of %.3g\n", r.precision);
        MonteCarloSettings settings;
        settings.seed = r.seed;
        settings.precision = r.precision;
        ScatterPicture scatter = monte_carlo_scatter(scene, settings);
        std::fprintf(stderr, "scatter: %.3g million photons, standard error %.3g\n", double(scatter.histories) / 1e6,
                     scatter.relative_error);
        result.signal.scatter = std::move(scatter.mean_kev_mm2);
        result.signal.scatter_second_moment = std::move(scatter.second_kev2_mm2);
        result.scatter_precision = scatter.relative_error;
    }
    return result;
}

/// All of a signal is proportional to the tube's current-time product.
void scale(Signal& signal, double factor)
{
    for (auto* const image :
         {&signal.primary, &signal.primary_second_moment, &signal.scatter, &signal.scatter_second_moment})
        for (float& value : image->values) value *= float(factor);
}

/// mAs that gives the detector its target, as exposure control would, from what 1 mAs gives.
CurrentTime expose_automatically(Signal const& at_one_mas, RenderRequest const& r)
{
    RoomKind const& kind = find_room_kind("c-arm-suite");
    RoomState state;
    state.pulse_rate = kind.exposure.of(exposure_mode(state)).reference_rate;
    state.field_mm = r.fov_mm;
    double const wanted = ExposureControl{kind}.target_absorbed_kev_mm2(state);
    double const given = measuring_field_mean(at_one_mas);
    if (!(given > 0)) throw Error{"exposure control sees nothing in its field; give --mas, or another --target"};
    return CurrentTime{std::min(1e5, wanted / given)};
}

/// The panel in the gain stage that suits this exposure, the measuring field a twelfth below its full scale or less.
DetectorModel detector_for(RenderRequest const& r, double mean_kev_mm2)
{
    double const wanted = 12 * mean_kev_mm2;
    ReadOut stage = ReadOut::dsa;
    for (ReadOut const finer : {ReadOut::cine, ReadOut::fluoroscopy})
        if (detector_mode(finer).full_scale_kev_mm2 > 0.8 * wanted) stage = finer;
    DetectorModel model = flat_panel(stage);
    if (r.detector == "ideal") {
        model = DetectorModel{};
        model.mtf_h_mm2 = 0;
    }
    // Beyond what any panel holds, or with no panel at all, the gain follows the exposure.
    double const full_scale = model.saturation / model.dn_per_kev_mm2;
    if (wanted > full_scale || r.detector == "ideal") {
        if (wanted > 0) model.dn_per_kev_mm2 = model.saturation / wanted;
        model.full_well_kev_mm2 = std::numeric_limits<double>::infinity();
    }
    model.noise = r.noise == "on";
    return model;
}

std::vector<double> list(Vec3 const& v)
{
    return {v.x, v.y, v.z};
}

void write_geometry(std::string const& file, Scene const& scene, std::vector<std::string> const& materials)
{
    View const& view = scene.view;
    Vec2 const first = scene.pixels.position_mm(0, 0);
    double const pitch = scene.pixels.pitch_mm();
    write_text(file, to_json(JsonFields{{"source_mm", list(view.source_mm)},
                                        {"origin_mm", list(view.detector_centre_mm + first.x * view.column_direction +
                                                           first.y * view.row_direction)},
                                        {"column_step_mm", list(pitch * view.column_direction)},
                                        {"row_step_mm", list(pitch * view.row_direction)},
                                        {"columns", scene.pixels.columns},
                                        {"rows", scene.pixels.rows},
                                        {"materials", materials}}));
}

void write_dose(std::string const& file, Scene const& scene, double scatter_precision)
{
    PulseDose const dose = measure_pulse(scene);
    write_text(file, to_json(JsonFields{{"air_kerma_reference_mGy", dose.reference_air_kerma.value()},
                                        {"kap_Gy_cm2", dose.kerma_area.value()},
                                        {"entrance_air_kerma_mGy", entrance_air_kerma(scene).value()},
                                        {"kv", scene.exposure.quality.voltage.value()},
                                        {"mas", scene.exposure.current_time.value()},
                                        {"copper_mm", scene.exposure.quality.added_copper.value()},
                                        {"aluminium_mm", scene.exposure.quality.added_aluminium.value()},
                                        {"field_cm2", field_area_cm2(scene)},
                                        {"scatter_precision", scatter_precision}}));
}

} // namespace

int run_render(RenderRequest const& request)
{
    check_request(request);
    filtered_spectrum({TubeVoltage{request.kv.value_or(80)}, Thickness{request.copper_mm},
                       Thickness{0}}); // refuses a bad technique early
    auto const patient = std::make_shared<Patient const>(load_patient(request.patient, {request.remove_couch, {}, {}}));
    ProjectorSettings settings;
    settings.device = request.device;
    settings.every_pixel = true;
    Projector projector{settings};
    Scene scene = stage(request, patient);
    if (!request.phase.empty() || request.inspiration_mm) {
        if (patient->lumens.landmarks.empty())
            throw Error{std::string{request.inspiration_mm ? "--inspiration" : "--phase"} +
                        ": this CT has no landmarks that breath and heartbeat could be laid over; run `fluorolab fit` "
                        "first"};
        double const heart = request.inspiration_mm ? 0 : request.phase[0];
        double const dome_mm =
            request.inspiration_mm ? *request.inspiration_mm : BreathingSettings{}.quiet_dome_mm * request.phase[1];
        scene.displacement = std::make_shared<Displacement const>(displacement_at(*patient, heart, dome_mm));
    }
    scene.exposure.current_time = CurrentTime{1};
    Projection projection = project(projector, scene, request);
    Signal& signal = projection.signal;
    scene.exposure.current_time = request.mas ? CurrentTime{*request.mas} : expose_automatically(signal, request);
    scale(signal, scene.exposure.current_time.value());
    Detector const detector{detector_for(request, measuring_field_mean(signal))};
    RawImage const raw = detector.read_out(signal, request.seed, 1);
    Display display;
    write_png8(request.out, to_8bit(display.process(raw, false)));
    if (!request.signal.empty())
        write_mha(request.signal, std::array{signal.primary, signal.scatter}, signal.pixel_pitch_mm);
    if (!request.thickness.empty() || !request.geometry.empty()) {
        ThicknessMap map;
        if (!request.thickness.empty()) {
            map = projector.thickness(scene);
            write_mha(request.thickness, map.g_cm2, signal.pixel_pitch_mm);
        } else {
            map.names = {"soft", "bone"};
            for (auto const& slab : scene.slabs) map.names.push_back(material(slab.material).name);
        }
        if (!request.geometry.empty()) write_geometry(request.geometry, scene, map.names);
    }
    if (!request.dose.empty()) write_dose(request.dose, scene, projection.scatter_precision);
    std::fprintf(stderr, "%s: %g kV, %.4g mAs, %g mm Cu on %s\n", request.out.c_str(),
                 scene.exposure.quality.voltage.value(), scene.exposure.current_time.value(), request.copper_mm,
                 projector.device_name().c_str());
    if (projector.level_of_detail() > 0)
        std::fprintf(stderr, "note: the CT does not fit this device; each side was halved %d time(s)\n",
                     projector.level_of_detail());
    return 0;
}

} // namespace fluoro

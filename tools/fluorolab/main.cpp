// The command line: every subcommand's options, and the one place where an Error becomes a line and an exit code.
#include "commands.hpp"

#include <CLI/CLI.hpp>
#include <fluoro/core/error.hpp>
#include <iostream>

using namespace fluoro;

int main(int argc, char** argv)
{
    CLI::App app{"Physics-based fluoroscopy simulator. For training and research, not for clinical use."};
    app.set_version_flag("--version", FLUORO_VERSION);
    app.require_subcommand(1);
    app.failure_message([](CLI::App const*, CLI::Error const& error) {
        return std::string{"fluorolab: "} + error.what() + "; `fluorolab --help` lists what there is\n";
    });
    int status = 0;
    auto const one_of = [](std::vector<std::string> const& words) { return CLI::IsMember(words); };

    RunRequest run;
    for (int i = 0; i < argc; ++i) run.command_line.emplace_back(argv[i]);
    auto* const run_command =
        app.add_subcommand("run", "a scenario, live in a window or headless by a scripted operator");
    run_command->add_option("scenario", run.scenario, "scenario file (YAML)")->required();
    run_command->add_option("--patient", run.patient, "image this patient instead of the scenario's");
    run_command->add_flag("--headless", run.headless, "no window: a scripted operator does it");
    run_command->add_option("--operator", run.operator_name, "scripted operator: a name of the scenario, or a file");
    run_command->add_option("--seed", run.seed, "of the noise; default: the scenario's")->check(CLI::NonNegativeNumber);
    run_command->add_option("--out", run.out, "run folder; default: runs/<time>-<scenario>");
    run_command->add_option("--scatter", run.scatter, "kernel, or monte-carlo: followed live on the device")
        ->check(one_of({"monte-carlo", "kernel"}));
    run_command->add_option("--device", run.device, "part of a Vulkan device's name");
    run_command->add_flag("--realtime", run.realtime, "headless: keep pace with the clock");
    run_command->add_option("--ui-scale", run.ui_scale, "size of text and controls")->check(CLI::Range(0.75, 2.0));
    run_command->callback([&] { status = run_scenario(run); });

    RenderRequest render;
    auto* const render_command = app.add_subcommand("render", "one X-ray picture of a patient");
    render_command
        ->add_option("patient", render.patient, "CT (DICOM folder, NIfTI, NRRD, MHA/MHD, .inv3), patient file or name")
        ->required();
    render_command->add_option("--lao", render.lao_deg, "primary angle [deg], + = detector toward the patient's left");
    render_command->add_option("--cran", render.cran_deg, "secondary angle [deg], + = detector toward the head");
    render_command->add_option("--sid", render.sid_mm, "source to detector [mm]");
    render_command->add_option("--sod", render.sod_mm, "source to isocentre [mm]");
    render_command->add_option("--target", render.target,
                               "patient point at the isocentre: X,Y,Z [mm, LPS], or the name of a landmark");
    render_command->add_option("--fov", render.fov_mm, "side of the square field on the detector [mm]");
    render_command->add_option("--size", render.size_px, "pixels per side");
    render_command->add_option("--kv", render.kv, "tube voltage, 40-150 kV");
    render_command->add_option("--mas", render.mas, "tube current-time product [mAs]; default: exposure control");
    render_command->add_option("--copper", render.copper_mm, "added filter [mm Cu]");
    render_command->add_option("--scatter", render.scatter, "monte-carlo, kernel or off")
        ->check(one_of({"monte-carlo", "kernel", "off"}));
    render_command->add_option("--precision", render.precision, "of Monte Carlo scatter, as a fraction");
    render_command->add_option("--grid", render.grid, "anti-scatter grid: in or out")->check(one_of({"in", "out"}));
    render_command->add_option("--table", render.table, "table top and pad: in or out")->check(one_of({"in", "out"}));
    render_command->add_option("--detector", render.detector, "csi or ideal")->check(one_of({"csi", "ideal"}));
    render_command->add_option("--noise", render.noise, "on or off")->check(one_of({"on", "off"}));
    auto* const phase =
        render_command->add_option("--phase", render.phase, "CARDIAC,RESPIRATORY phase")->delimiter(',')->expected(2);
    render_command
        ->add_option("--inspiration", render.inspiration_mm,
                     "breath held in: way of the diaphragm's right dome [mm], 45 as for a chest radiograph")
        ->excludes(phase);
    render_command->add_flag("--remove-couch", render.remove_couch, "take the CT's own couch away");
    render_command->add_option("--seed", render.seed, "of the noise")->check(CLI::NonNegativeNumber);
    render_command->add_option("--device", render.device, "part of a Vulkan device's name");
    render_command->add_option("-o,--output", render.out, "picture (PNG)")->required();
    render_command->add_option("--thickness", render.thickness, "mass thickness per material [g/cm2] (MHA)");
    render_command->add_option("--signal", render.signal, "absorbed energy, primary and scatter [keV/mm2] (MHA)");
    render_command->add_option("--geometry", render.geometry, "where source and pixels are (JSON)");
    render_command->add_option("--dose", render.dose, "dose and technique (JSON)");
    render_command->callback([&] { status = run_render(render); });

    BeamRequest beam;
    auto* const beam_command = app.add_subcommand("beam", "figures of an X-ray beam");
    beam_command->add_option("--kv", beam.kv, "tube voltage, 40-150 kV")->required();
    beam_command->add_option("--copper", beam.copper_mm, "added filter [mm Cu]");
    beam_command->add_option("--aluminium", beam.aluminium_mm, "added filter [mm Al], on top of the tube's 2.5 mm");
    beam_command->add_option("--through", beam.through, "layers in the beam: NAME:MM or NAME:Xmg/cm2, comma separated");
    beam_command->add_option("--spectrum", beam.spectrum, "write the spectrum (CSV)");
    beam_command->add_flag("--json", beam.json, "as JSON");
    beam_command->callback([&] { status = run_beam(beam); });

    ImportRequest import;
    auto* const import_command = app.add_subcommand("import", "a CT into a patient file");
    import_command
        ->add_option("ct", import.ct, "DICOM folder, NIfTI, NRRD, MHA/MHD or InVesalius .inv3; with --mesh any patient")
        ->required();
    import_command->add_option("--labels", import.labels, "label map on the CT's grid");
    import_command->add_flag("--remove-couch", import.remove_couch, "take the CT's own couch away");
    import_command->add_option("--mesh", import.mesh, "surface to put into the patient: STL, OBJ, GLB");
    import_command->add_option("--material", import.material, "of the surface's inside; default: titanium");
    import_command->add_option("--unit", import.unit, "of the surface's numbers: mm, cm, m or inch")
        ->check(one_of({"mm", "cm", "m", "inch"}));
    import_command->add_option("--at", import.at_mm, "patient point X,Y,Z for the surface's middle [mm, LPS]")
        ->delimiter(',')
        ->expected(3);
    import_command->add_option("--turn", import.turn_deg, "turn the surface about x, y, z [deg]")
        ->delimiter(',')
        ->expected(3);
    import_command->add_option("--label", import.label, "name of the surface in the label map; default: object");
    import_command->add_option("-o,--output", import.out, "patient file")->required();
    import_command->callback([&] { status = run_import(import); });

    PhantomRequest phantom;
    auto* const phantom_command = app.add_subcommand("phantom", "a built-in patient as a patient file");
    phantom_command->add_option("name", phantom.name, "adult-male, adult-female, obese-adult, elderly-osteoporotic");
    phantom_command->add_option("--set", phantom.set, "KEY=VALUE: height_mm=1800, seed=3, ...; --options lists all");
    phantom_command->add_option("--spacing", phantom.spacing_mm, "side of a voxel [mm], 0.2 to 10");
    phantom_command->add_option("--region", phantom.region, "trunk, chest, heart, spine, neck, head or whole");
    phantom_command->add_option("-o,--output", phantom.out, "patient file");
    phantom_command->add_option("--export", phantom.ct, "write the CT as NIfTI (.nii, .nii.gz)");
    phantom_command->add_option("--labels", phantom.labels, "write the label map as NIfTI, a table of names beside it");
    phantom_command->add_flag("--options", phantom.list_options, "list what --set can set");
    phantom_command->callback([&] { status = run_phantom(phantom); });

    FitRequest fit;
    auto* const fit_command = app.add_subcommand("fit", "the anatomy model placed into a CT");
    fit_command->add_option("patient", fit.patient, "CT or patient file")->required();
    fit_command->add_option("--landmarks", fit.landmarks, "places that override what is found (YAML)");
    fit_command->add_option("--labels", fit.labels, "label map on the CT's grid (TotalSegmentator's ids)");
    fit_command->add_option("--sex", fit.sex, "default: guessed by the size")->check(one_of({"male", "female"}));
    fit_command->add_option("--set", fit.set, "KEY=VALUE of the model, as `phantom --options` lists: stenosis=7:90:12");
    fit_command->add_flag("--remove-couch", fit.remove_couch, "take the CT's own couch away");
    fit_command->add_flag("--keep-contrast", fit.keep_contrast, "leave the CT's contrast medium in the blood");
    fit_command->add_flag("--ct-only", fit.ct_only, "do not continue the body beyond the CT");
    fit_command->add_option("--report", fit.report, "what was found, estimated and missed (JSON)");
    fit_command->add_option("--found", fit.found, "write the landmarks found, to be edited (YAML)");
    fit_command->add_option("-o,--output", fit.out, "patient file")->required();
    fit_command->callback([&] { status = run_fit(fit); });

    BenchRequest bench;
    auto* const bench_command = app.add_subcommand("bench", "how fast this machine is, stage by stage");
    bench_command->add_option("name", bench.name,
                              "standing, moving, vessels, living, body, tools, photons or drawing; default: all");
    bench_command->add_option("--patient", bench.patient, "default: a synthetic chest of 512x512x100 voxels");
    bench_command->add_option("--frames", bench.frames, "frames measured")->check(CLI::Range(3, 10000));
    bench_command->add_option("--json", bench.json, "write the figures (JSON)");
    bench_command->add_option("--device", bench.device, "part of a Vulkan device's name");
    bench_command->callback([&] { status = run_bench(bench); });

    app.add_subcommand("doctor", "what this machine can do, what is missing, how to get it")->callback([&] {
        status = run_doctor();
    });

    CheckRequest check;
    auto* const check_command = app.add_subcommand("check", "scenarios: file, line, reason, what to write instead");
    check_command->add_option("scenarios", check.scenarios, "scenario files")->required();
    check_command->callback([&] { status = run_check(check); });

    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        int const code = app.exit(error);
        return code == 0 ? 0 : 2;
    } catch (Error const& error) {
        std::cerr << "fluorolab: " << error.what() << '\n';
        return error.exit_code();
    } catch (std::exception const& error) {
        std::cerr << "fluorolab: " << error.what() << '\n';
        return 1;
    }
    return status;
}

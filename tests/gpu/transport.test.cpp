#include <chrono>
#include <cmath>
#include <fluoro/transport/device_transport.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {
TEST(X, y)
{
    TransportProblem problem;
    problem.materials = {pure(find_material("water"))};
    problem.codes = {{0, 1.0, -1, 0}};
    TransportBox box;
    box.half_extent_mm = {195, 195, 100};
    problem.boxes = {box};
    problem.source.view = view_of({}, 1800, 1650, Vec3{0});
    problem.source.view.source_mm = {0, 0, -1650};
    problem.source.view.detector_centre_mm = {0, 0, 150};
    problem.source.view.column_direction = {1, 0, 0};
    problem.source.view.row_direction = {0, 1, 0};
    problem.source.view.source_to_detector_mm = 1800;
    problem.source.opening = {-195, 195, -195, 195};
    problem.source.lines = {{56.4, 1}};
    problem.tally_boxes = {{{-15, -15, -15}, {15, 15, 15}}};
    problem.detector = TransportDetector{};
    problem.detector->scoring = PictureScoring::forced;
    auto const tables = pack(problem);
    DeviceTransport device{{"", true, 50}};
    device.load(tables);
    device.follow(1, 0, 20000);
    auto const start = std::chrono::steady_clock::now();
    auto const ours = device.follow(1, 0, 100000);
    auto const mid = std::chrono::steady_clock::now();
    auto const twin = follow_on_one_thread(tables, 1, 0, 100000);
    auto const end = std::chrono::steady_clock::now();
    std::printf("%g s %g s, longest %g\n", std::chrono::duration<double>(mid - start).count(), std::chrono::duration<double>(end - mid).count(), device.longest_dispatch_ms());
    for (int i = 0; i < 5; ++i) std::printf("%ld %ld\n", ours.totals[i], twin.totals[i]);
    std::printf("%ld %ld\n", ours.deposits[0], twin.deposits[0]);
    double a = 0, b = 0;
    for (std::size_t i = 0; i < ours.detector.size() / 3; ++i) a += double(ours.detector[i]), b += double(twin.detector[i]);
    std::printf("%g %g\n", a, b);
    for (auto const& m : device.validation_messages()) ADD_FAILURE() << m;
    std::printf("%d\n", ours == device.follow(1, 0, 100000));
}
}
}

// swift-tools-version:6.0
import PackageDescription

// On Apple's systems the library is a framework that `ci/xcframework.sh` builds; on Linux, where the tests also run, it lies
// in `lib` and a module map of the package's own leads to it.
#if os(Linux)
let library: Target = .systemLibrary(name: "WalkbookCoreFFI")
#else
let library: Target = .binaryTarget(name: "WalkbookCoreFFI", path: "WalkbookCoreFFI.xcframework")
#endif

let package = Package(
    name: "WalkbookCore",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "WalkbookCore", targets: ["WalkbookCore"])],
    targets: [
        library,
        // What is generated is written in the language mode of Swift 5; apps may use 6.
        .target(name: "WalkbookCore", dependencies: ["WalkbookCoreFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .executableTarget(name: "FieldDay", dependencies: ["WalkbookCore"]),
        .executableTarget(name: "Bench", dependencies: ["WalkbookCore"], path: "Benches"),
        .executableTarget(name: "Knocker", dependencies: ["WalkbookCore"], path: "Tests/Knocker"),
        .testTarget(name: "WalkbookCoreTests", dependencies: ["WalkbookCore", "Knocker"]),
    ]
)

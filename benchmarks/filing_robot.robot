*** Settings ***
Documentation       Files the day's accounts, one after the other, as somebody who knows the tool writes it in an afternoon.
...                 Its variables come from benchmarks/filing_robot.py.
Library             Browser
Library             benchmarks.filing_job

*** Tasks ***
File All Accounts
    New Browser    chromium    headless=True    executablePath=${browser}
    New Context    acceptDownloads=True
    New Page
    FOR    ${url}    IN    @{urls.values()}
        Log In    ${url}
    END
    FOR    ${account}    IN    @{accounts}
        File Account    ${account}
    END
    Close Browser    ALL

*** Keywords ***
Log In
    [Arguments]    ${url}
    Go To    ${url}/login
    Fill Text    [name=username]    ${user}
    Fill Secret    [name=password]    $password
    Click    button[type=submit]

File Account
    [Arguments]    ${account}
    Go To    ${urls.accounts}/query
    Send Form    ${account.query}
    Go To    ${urls.accounts}/filing/new
    Send Form    ${account.key}
    Send Form    ${account.details}
    Click    text=确认提交
    ${receipt}=    Get Text    \#receipt td >> nth=0
    ${basic}=    Get Text    \#receipt td >> nth=3
    Store Papers    ${account}
    Go To    ${urls.operations}/accounts/${account.id}
    Select Options By    [name=result]    value    filed
    Fill Text    [name=receipt]    ${receipt}
    Fill Text    [name=basic_account_number]    ${basic}
    Click    form[action$='/result'] button
    Wait For Load State    load

Store Papers
    [Arguments]    ${account}
    Go To    ${urls.operations}/accounts/${account.id}
    ${promise}=    Promise To Wait For Download    saveAs=${folder}/${account.id}.zip
    Click    text=下载影像
    ${download}=    Wait For    ${promise}
    ${papers}=    Unpacked    ${download.saveAs}    ${folder}/${account.id}
    Go To    ${urls.images}/upload
    Fill Text    [name=entity]    ${account.entity}
    Fill Text    [name=filing_id]    ${account.id}
    Upload File By Selector    [name=files]    @{papers}
    Click    form[action='/upload'] button

Send Form
    [Arguments]    ${values}
    FOR    ${name}    ${value}    IN    &{values}
        IF    $name in $choices
            Select Options By    [name=${name}]    value    ${value}
        ELSE
            Fill Text    [name=${name}]    ${value}
        END
    END
    Click    \#main button[type=submit]
